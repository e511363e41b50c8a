"""Detects which substances a guide is about, by all the names that people give them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from articles.checks.text import language_data
from articles.checks.text.parsed_guide import ParsedGuide

OPIOIDS, ALCOHOL, BENZODIAZEPINES, SEDATIVES, STIMULANTS, CANNABIS = (
    "opioids",
    "alcohol",
    "benzodiazepines",
    "sedatives",
    "stimulants",
    "cannabis",
)
OTHER = "other"
CODES = {
    OPIOIDS: {"opioids", "heroin", "fentanyl", "prescription-opioids"},
    ALCOHOL: {"alcohol"},
    BENZODIAZEPINES: {"benzodiazepines"},
    SEDATIVES: {"sedatives", "gabapentinoids"},
    STIMULANTS: {"stimulants", "methamphetamine", "cocaine"},
    CANNABIS: {"cannabis"},
}
MENTIONS, SHARE = 8, 0.012  # times, and share of all words, from which a substance is the topic of the text
ENOUGH = 2  # plain names in the text that make an everyday word of the title a name of the substance


@dataclass(frozen=True)
class _Names:
    """The patterns of a language. `plain` names mean nothing else; `everyday` ones do."""

    plain: Mapping[str, re.Pattern[str]]
    everyday: Mapping[str, re.Pattern[str]]
    cues: re.Pattern[str]
    withdrawal: re.Pattern[str]
    overdose: re.Pattern[str]


@lru_cache(maxsize=8)
def _names(language: str) -> _Names:
    data = language_data.read(language, "topics")
    everyday = set(data.get("everyday", ()))
    plain: dict[str, list[str]] = {}
    common: dict[str, list[str]] = {}
    for topic, row in data.get("topics", {}).items():
        meanings = set(row["meanings"])
        street = [
            name for name, means in language_data.synonyms(language).items() if meanings & {part.strip() for part in means.split(",")}
        ]
        street = [name for name in street if _belongs(name, topic, language)]
        plain[topic] = [
            *(name for name in row["names"] if name not in everyday),
            *(re.escape(name) for name in street if name not in everyday),
        ]
        common[topic] = [*(name for name in row["names"] if name in everyday), *(re.escape(name) for name in street if name in everyday)]
    return _Names(
        {topic: language_data.compiled(names, {}) for topic, names in plain.items()},
        {topic: language_data.compiled(names, {}) for topic, names in common.items()},
        language_data.compiled(data.get("cues", ()), {}),
        language_data.compiled(data.get("withdrawal", ()), {}),
        language_data.compiled(data.get("overdose", ()), {}),
    )


def _belongs(name: str, topic: str, language: str) -> bool:
    """Return whether the synonym list's `name` is one of `topic`, and not of another topic that names it itself.

    Search sends some sedatives to the guide on benzodiazepines.
    """
    rows = language_data.read(language, "topics")["topics"]
    owners = [other for other, row in rows.items() if language_data.compiled(row["names"], {}).fullmatch(name)]
    # Signs, times and ways of stopping are sent to a guide by the list, but aren't names of the substance.
    return not _NOT_NAMES.search(name) and (not owners or topic in owners)


_NOT_NAMES = re.compile(
    r"\b(?:cold turkey|taper\w*|wean\w*|shakes|dts?|dt's|tembl\w+|golpe|a pelo|cruda|resaca|guayabo|hangover|hung over|binge|precipitated"
    r"|jonesing|fake pills|bad batch|laced|mats?|moud|sick\w*|vape|vapear|tomar)\b"
)


def named(text: str, language: str) -> set[str]:
    """Return the topics that `text` names plainly."""
    words = language_data.comparable(text)
    return {topic for topic, pattern in _names(language).plain.items() if pattern.search(words)}


def topics(guide: ParsedGuide) -> set[str]:
    """Return the topics that the guide is about, of opioids, alcohol, benzodiazepines, other sedatives, stimulants and cannabis.

    These are the ones that editors chose and those in the title, or else the one that the text mentions most.
    """
    chosen = {topic for topic, codes in CODES.items() if codes & set(guide.substances)}
    titled = _titled(guide)
    if chosen or titled or guide.substances:
        return (chosen | titled) - {OTHER}
    counts = _counts(guide)
    length = max(1, len(guide.words.split()))
    most = max(counts, key=lambda topic: counts[topic], default=OTHER)
    return {most} - {OTHER} if counts.get(most, 0) >= MENTIONS and counts[most] / length >= SHARE else set()


def _titled(guide: ParsedGuide) -> set[str]:
    title, names = language_data.comparable(guide.title), _names(guide.language)
    titled = named(guide.title, guide.language)
    possible = {topic for topic, pattern in names.everyday.items() if pattern.search(title)} - titled
    if not possible:
        return titled
    if titled or names.cues.search(title) or sum(len(names.everyday[topic].findall(title)) for topic in possible) > 1:
        return titled | possible
    counts = _counts(guide)
    return {topic for topic in possible if counts[topic] >= ENOUGH}


def _counts(guide: ParsedGuide) -> dict[str, int]:
    words = language_data.comparable(guide.words)
    return {topic: len(pattern.findall(words)) for topic, pattern in _names(guide.language).plain.items()}


def is_about_withdrawal(guide: ParsedGuide) -> bool:
    """Return whether the guide is about withdrawal, by its kind, stages or title."""
    title = language_data.comparable(guide.title)
    return guide.kind == "withdrawal" or "withdrawal" in guide.stages or bool(_names(guide.language).withdrawal.search(title))


def is_about_overdose(guide: ParsedGuide) -> bool:
    """Return whether the title says that the guide is about overdose.

    The stage alone says less: guides that touch on overdose have it too.
    """
    return bool(_names(guide.language).overdose.search(language_data.comparable(guide.title)))
