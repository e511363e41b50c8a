"""Editorial checks of guides. `run(guide)` runs them all.

Each check is a module of this package with a registered function, and examples that serve as its tests and its documentation
(docs/editorial/checks.md). Adding a module adds a check.
"""

from __future__ import annotations

import datetime as dt
import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from django.utils import timezone

from articles.checks.findings import Finding, Level
from articles.checks.registry import CHECKS, in_order
from articles.checks.text.parsed_guide import read
from articles.models import Guide

__all__ = ["CHECKS", "Finding", "Level", "run"]

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)

_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def run(
    guide_like: Guide | Mapping[str, Any],
    *,
    only: Iterable[str] = (),
    today: dt.date | None = None,
    addresses: Iterable[tuple[str, str]] = (),
) -> list[Finding]:
    """Run the checks on a guide, or a snapshot of one, and return the findings, errors first.

    `only` names the checks to run (all by default). The age of sources is computed as of `today`. `addresses` are
    (language, slug) pairs that are valid link targets in addition to those in the database. At most five queries.
    Messages are in the active language.
    """
    guide = read(guide_like, today=today or timezone.localdate())
    guide.extra["addresses"] = set(addresses)
    names = set(only) or set(CHECKS)
    findings = [finding for check in in_order() if check.name in names for finding in check.find(guide)]
    return sorted(findings, key=lambda finding: _LEVELS[finding.level])
