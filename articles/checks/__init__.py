"""Editorial checks: what a guide must say, mustn't say, and how. `run(guide)` asks them all.

Each check is a module with a function registered under its name and examples that are its tests and its documentation
(docs/editorial/checks.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from articles.checks import clinical_safety, names, overclaims, plain_language, respectful_terms, sources, structure
from articles.checks.findings import Finding, Level
from articles.checks.registry import CHECKS
from articles.checks.text.parsed_guide import read
from articles.models import Guide

__all__ = ["CHECKS", "Finding", "Level", "run"]

# The order in which editors see them: what endangers people first.
ORDER = tuple(
    module.NAME for module in (clinical_safety, overclaims, respectful_terms, plain_language, sources, names, structure)
)  # fmt: skip
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
    reading = read(guide_like, today=today or timezone.localdate())
    reading.extra["addresses"] = set(addresses)
    wanted = set(only) or set(ORDER)
    found = [finding for name in ORDER if name in wanted for finding in CHECKS[name].find(reading)]
    return sorted(found, key=lambda finding: _LEVELS[finding.level])
