"""Stigmatising terms and their alternatives, by language (respectful-terms.toml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from articles.checks.text import language_data

NAME = "respectful-terms"
QUOTED = re.compile(r"“[^”]{1,400}”|\"[^\"]{1,400}\"|«[^»]{1,400}»|(?<!\w)‘[^’]{1,200}’(?!\w)")


@dataclass(frozen=True)
class Term:
    """A pattern (whole words, in any case) and what to say instead. `soft` terms are only a note."""

    rule: str
    pattern: re.Pattern[str]
    instead: str
    soft: bool
    negatable: bool


@dataclass(frozen=True)
class Terms:
    """The terms of a language. `ignored` words are masked first: names of laws and groups, and everyday uses."""

    terms: tuple[Term, ...]
    ignored: re.Pattern[str]


@lru_cache(maxsize=8)
def of(language: str) -> Terms:
    """Return the terms of a language, none if nobody has listed them."""
    data = language_data.read(language, NAME)
    words = data.get("words", {})
    return Terms(tuple(_term(row, words) for row in data.get("terms", ())), _any_case(data.get("ignored", {}).get("patterns", ()), words))


def _term(row: Mapping[str, Any], words: Mapping[str, str]) -> Term:
    whole = language_data.compiled(row["patterns"], words)
    # A hyphen joins words: “user-friendly” isn't “user”.
    pattern = re.compile(whole.pattern + r"(?!-)", re.IGNORECASE)
    return Term(row["rule"], pattern, row["instead"], row.get("soft", False), row.get("negatable", False))


def _any_case(patterns: list[str], words: Mapping[str, str]) -> re.Pattern[str]:
    return language_data.compiled(patterns, words, flags=re.IGNORECASE, whole=False)
