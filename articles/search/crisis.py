"""Detects danger in what somebody typed, in the phrases of every language, because people in danger may write in any of them.

The search page shows the helpline for it above the results: somebody who types that a person doesn't wake up needs the number, not ten
results. The list of phrases is short and misses some; for that reason the numbers are also at the top of every page.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from articles.search import languages, words

GAP, MOST_BETWEEN = "…", 2  # “wake … up”: how many words may stand there
SHORTEST_STEM = 4  # a shorter stem is that of too many words: “mate” would be heard as “matarme”
SHORTEST_MISSPELT = 6  # a shorter word is a letter away from too many others
APOSTROPHES = re.compile("['’`´]")
DOTTED = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What one language calls danger: the phrases of each helpline, those of one word, all their words, and which of these
    each stem may be."""

    phrases: dict[str, list[Phrase]]
    alone: frozenset[Phrase]
    spelt: frozenset[str]
    by_stem: dict[str, frozenset[str]]


def undotted(text: str) -> str:
    """Return `text` with what is short for something as one word: “o.d.” → “od”."""
    return DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)


def crisis_lines_for(typed: str, language: str) -> list[str]:
    """Return the keys of the helplines whose phrases stand in `typed`, those of `language` first."""
    # “can't” is typed with and without, and “od'd” is no “odd”: both ways are looked at.
    said = [words.tokens(typed), words.tokens(APOSTROPHES.sub("", typed))]
    codes = sorted(languages.codes(), key=lambda code: code != language)
    return list(dict.fromkeys(key for code in codes for key in _keys(said if said[0] != said[1] else said[:1], code)))


def speaks_of(word: str) -> bool:
    """Tell whether a plain word is, as it stands, one that phrases of danger are made of."""
    return any(word in _heard(code).spelt for code in languages.codes())


def _keys(said: list[list[str]], code: str) -> list[str]:
    heard = _heard(code)
    meant = [[_meant(word, code) for word in way] for way in said]
    return [
        key
        for key, phrases in heard.phrases.items()
        if any(_stands_at(phrase, way, at) for phrase in phrases for way in meant for at in range(len(way)))
    ]


def _stands_at(phrase: Phrase, meant: list[frozenset[str]], at: int) -> bool:
    for place, word in enumerate(phrase):
        if word == GAP:
            return any(_stands_at(phrase[place + 1 :], meant, at + skipped) for skipped in range(MOST_BETWEEN + 1))
        if at >= len(meant) or word not in meant[at]:
            return False
        at += 1
    return True


def _meant(word: str, code: str) -> frozenset[str]:
    """Return the words of phrases that `word` may be: itself, another form of it, or what it is a letter away from."""
    heard = _heard(code)
    same = heard.by_stem.get(words.stem(word, code), frozenset()) | (heard.spelt & {word})
    if same or len(word) < SHORTEST_MISSPELT:
        return same
    near = [hit[0] for hit in process.extract(word, heard.spelt, scorer=OSA.distance, score_cutoff=1, limit=None)]
    # Within a phrase another letter makes another word: “no response” is no misspelt “no responde”.
    return frozenset(
        hit
        for hit in near
        if len(hit) >= SHORTEST_MISSPELT and ((hit,) in heard.alone or len(hit) != len(word) or sorted(hit) == sorted(word))
    )


@lru_cache(maxsize=32)
def _heard(code: str) -> Heard:
    phrases = {key: [_parts(phrase) for phrase in listed] for key, listed in languages.of(code).urgent.items()}
    alone = frozenset(phrase for listed in phrases.values() for phrase in listed if len(phrase) == 1)
    spelt = frozenset(word for listed in phrases.values() for phrase in listed for word in phrase if word != GAP)
    by_stem: dict[str, frozenset[str]] = {}
    for word in spelt:
        stem = words.stem(word, code)
        if len(stem) >= SHORTEST_STEM:
            by_stem[stem] = by_stem.get(stem, frozenset()) | {word}
    return Heard(phrases, alone, spelt, by_stem)


def _parts(phrase: str) -> Phrase:
    """Return the words of a phrase, and GAP where others may stand between."""
    parts: list[str] = []
    for number, piece in enumerate(phrase.split(GAP)):
        parts += [GAP] * bool(number) + words.tokens(piece)
    return tuple(parts)
