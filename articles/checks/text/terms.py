"""Stigmatising terms and their alternatives, by language (respectful-terms.toml)."""

import re
from dataclasses import dataclass
from functools import lru_cache

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


def _term(row: language_data.Mapping[str, object], words: language_data.Mapping[str, str]) -> Term:
    patterns = row["patterns"]
    assert isinstance(patterns, list)
    whole = language_data.compiled(patterns, words)
    # A hyphen joins words: “user-friendly” isn't “user”.
    pattern = re.compile(whole.pattern + r"(?!-)", re.IGNORECASE)
    return Term(str(row["rule"]), pattern, str(row["instead"]), bool(row.get("soft")), bool(row.get("negatable")))


def _any_case(patterns: list[str], words: language_data.Mapping[str, str]) -> re.Pattern[str]:
    return language_data.compiled(patterns, words, flags=re.IGNORECASE, whole=False)
