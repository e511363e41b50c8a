"""The facts that guides must carry and the claims that can kill, by language (clinical-safety.toml)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from articles.checks.text import asserting, language_data
from articles.checks.text.asserting import Asserting

NAME = "clinical-safety"


@dataclass(frozen=True)
class Claim:
    """Something that no guide may assert. `topics` restricts it to guides on one of these."""

    rule: str
    is_warning: bool
    topics: frozenset[str]
    other_substances: bool
    trigger: re.Pattern[str] | None
    pattern: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True)
class Suspicion:
    """What may be such a claim: a sentence that holds all of `patterns`, in any order. The last is what must be asserted."""

    rule: str
    topics: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str]


@dataclass(frozen=True)
class Fact:
    """Something that a guide must say.

    One of `places` must be found whole among `window` sentences, or `one_sentence` in a single one. `hides` is taken out first, and
    sentences with `spoils` don't count. All of `parts` must be found somewhere. `when` is what makes the guide need the fact.
    """

    rule: str
    window: int
    places: tuple[tuple[re.Pattern[str], ...], ...]
    one_sentence: re.Pattern[str]
    hides: re.Pattern[str]
    spoils: re.Pattern[str]
    parts: Mapping[str, re.Pattern[str]]
    when: re.Pattern[str] | None
    others: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class SafetyData:
    """What the check clinical-safety knows of a language."""

    asserting: Asserting
    facts: Mapping[str, Fact]
    claims: tuple[Claim, ...]
    suspicions: tuple[Suspicion, ...]


@lru_cache(maxsize=8)
def of(language: str) -> SafetyData | None:
    """Return the data of a language, or None if nobody has written it."""
    data = language_data.read(language, NAME)
    if not data:
        return None
    words = data["words"]
    rows = {rule: data["facts"][row["same_as"]] if "same_as" in row else row for rule, row in data["facts"].items()}
    return SafetyData(
        asserting=asserting.of(language),
        facts={rule: _fact(rule, row, words) for rule, row in rows.items()},
        claims=tuple(_claim(row, words) for row in data["claims"]),
        suspicions=tuple(
            Suspicion(
                row["rule"],
                frozenset(row.get("topics", ())),
                tuple(language_data.compiled([pattern], words) for pattern in row["all"]),
                language_data.compiled(row["unless"], words),
            )
            for row in data.get("suspicions", ())
        ),
    )


def _claim(row: Mapping[str, Any], words: Mapping[str, str]) -> Claim:
    return Claim(
        rule=row["rule"],
        is_warning=row.get("level") == "warning",
        topics=frozenset(row.get("topics", ())),
        other_substances=row.get("other_substances", False),
        trigger=language_data.compiled([row["trigger"]], words) if "trigger" in row else None,
        pattern=language_data.compiled(row["patterns"], words),
        unless=language_data.compiled(row.get("unless", ()), words),
    )


def _fact(rule: str, row: Mapping[str, Any], words: Mapping[str, str]) -> Fact:
    def one(pattern: str) -> re.Pattern[str]:
        return language_data.compiled([pattern], words)

    return Fact(
        rule=rule,
        window=row.get("window", 1),
        places=tuple(tuple(one(pattern) for pattern in place) for place in row.get("any", ())),
        one_sentence=language_data.compiled(row.get("one_sentence", ()), words),
        hides=language_data.compiled(row.get("hides", ()), words),
        spoils=language_data.compiled(row.get("spoils", ()), words),
        parts={label: one(pattern) for label, pattern in row.get("parts", {}).items()},
        when=one(row["when"]) if "when" in row else None,
        others={name: tuple(one(pattern) for pattern in row[name]) for name in ("signs", "settled", "warned") if name in row},
    )


def with_words(language: str, guide: str, place: str, words: str) -> tuple[str, dict[str, Any]]:
    """Return the body (Markdown) and the other fields of a safe guide of the data, with `words` in it.

    They stand instead of the part `place`, or at the end if `place` is "".
    """
    frame = language_data.read(language, NAME)["guides"][guide]
    parts = dict(frame["parts"])
    if place:
        parts[place] = words
    body = "\n\n".join([*parts.values(), *(() if place else (words,))])
    return body, {name: value for name, value in frame.items() if name != "parts"}
