"""Editorial checks: what a guide must say, mustn't say, and how. `run(guide)` asks them all.

Each check is a module of this package with a registered function and examples that are its tests and its documentation
(docs/editorial/checks.md). Adding the module adds the check.
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
    """Return what the checks find in a guide or in a snapshot of one, errors first.

    `only` names the checks to ask (all by default). The age of sources is counted to `today`. `addresses` are pairs of
    language and slug that exist beside those in the database. A guide of any length takes at most five queries. Messages
    are in the active language.
    """
    guide = read(guide_like, today=today or timezone.localdate())
    guide.extra["addresses"] = set(addresses)
    wanted = set(only) or set(CHECKS)
    findings = [finding for check in in_order() if check.name in wanted for finding in check.find(guide)]
    return sorted(findings, key=lambda finding: _LEVELS[finding.level])
