"""Checks for promises that nobody can keep."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles.checks import examples
from articles.checks.findings import Finding, Level, around
from articles.checks.registry import Rank, register
from articles.checks.text import asserting, language_data
from articles.checks.text.parsed_guide import ParsedGuide

NAME = "overclaims"
FRAUD_ACT = "Opioid Addiction Recovery Fraud Prevention Act (FTC)"
BRAIN = "Volkow, Koob, McLellan 2016 (NEJM 374:363): changes of the reward system; NIDA: Drugs, Brains, and Behavior"
PERSON = "ASAM Criteria, 4th edition (2023): care is matched to the person"


@dataclass(frozen=True)
class Message:
    """The texts of a finding, and who says so."""

    message: str | Promise
    reason: str | Promise
    suggestion: str | Promise
    source: str = FRAUD_ACT


OUTCOME = Message(
    gettext_lazy("It promises an outcome that nobody can promise."),
    gettext_lazy("People who believe a promise and then use again blame themselves, and US law forbids claims of effect without proof."),
    gettext_lazy("Say what it can help with, for whom, and how often, with a source."),
)
ONE_PATH = Message(
    gettext_lazy("It says that all people need the same path."),
    gettext_lazy("Care is chosen with the person. Someone whom this path doesn’t fit reads that there is none for them."),
    gettext_lazy("Say whom it helps, and name the other ways."),
    PERSON,
)
ABSOLUTE = Message(
    gettext_lazy("An absolute about the brain that isn’t so."),
    gettext_lazy("The brain’s reward system adapts to a drug and can recover. “Never” takes the hope that is justified."),
    gettext_lazy("Say that the brain makes less dopamine, or answers less to it, and that this eases with time and treatment."),
    BRAIN,
)
MESSAGES = {"one-path": ONE_PATH, "brain-absolute": ABSOLUTE}


@dataclass(frozen=True)
class Claim:
    """A kind of claim. A sentence with `unless` doesn't make it."""

    rule: str
    level: Level
    pattern: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True)
class Claims:
    """The claims of a language, and the words around a claim that change what it says."""

    claims: tuple[Claim, ...]
    around: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=8)
def _claims(language: str) -> Claims:
    data = language_data.read(language, NAME)
    return Claims(
        tuple(
            Claim(
                row["rule"],
                Level(row["level"]),
                language_data.compiled(row["patterns"], {}, whole=False),
                language_data.compiled(row.get("unless", ()), {}),
            )
            for row in data.get("claims", ())
        ),
        {name: language_data.compiled(patterns, {}) for name, patterns in data.get("around", {}).items()},
    )


@register(NAME, examples.of_data(NAME), rank=Rank.HONESTY)
def check(guide: ParsedGuide) -> Iterator[Finding]:
    """Finds promised outcomes (“cure” and “guaranteed” are errors, “lasting recovery” is a warning), claims that all people
    need the same path (a warning) and absolute statements about the brain (an error). Sentences that deny such claims (“there
    is no cure”), warn of them or quote them are ignored; a negation counts only directly before the claim, in its own clause. The
    words stand in articles/data/languages/<language>/overclaims.toml."""
    listed = _claims(guide.language)
    for block in guide.blocks if listed.claims else ():
        if block.quoted or (block.in_body and listed.around["warns"].search(language_data.comparable(block.section))):
            continue
        for sentence in block.sentences:
            yield from _in_sentence(sentence, block.section, guide.language, listed)


def _in_sentence(sentence: str, section: str, language: str, listed: Claims) -> Iterator[Finding]:
    text = language_data.comparable(sentence)
    for claim in listed.claims:
        match = _asserted(claim, text, language)
        if match is None or _is_taken_back(claim.rule, text, listed.around):
            continue
        message = MESSAGES.get(claim.rule, OUTCOME)
        yield Finding(
            NAME,
            claim.level,
            str(message.message),
            excerpt=around(sentence, match.start(), min(match.end(), match.start() + 120)),
            section=section,
            reason=str(message.reason),
            source=message.source,
            suggestion=str(message.suggestion),
            rule=claim.rule,
            phrase=sentence,
        )


def _asserted(claim: Claim, text: str, language: str) -> re.Match[str] | None:
    """Return the first match of the claim that isn't negated or quoted."""
    words = asserting.of(language)
    for match in claim.pattern.finditer(text):
        if not words.is_negated(text, match.start()) and not asserting.is_quoted(text, match.start()):
            return None if claim.unless.search(text) else match
    return None


def _is_taken_back(rule: str, text: str, words: Mapping[str, re.Pattern[str]]) -> bool:
    """Return whether the sentence warns of the claim, asks for it, or says of the brain that it recovers."""
    if words["warns"].search(text) and not words["ours"].search(text):
        return True
    if words["asks"].search(text):
        return True
    return rule == "brain-absolute" and bool(words["heals"].search(words["never_heals"].sub("", text)))
