"""Detects danger in search queries, in all languages, so that the results page shows the right helpline first.

The phrases are listed in articles/data/languages/*.toml. The list is incomplete by nature, which is why the emergency
numbers are also at the top of every page.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from articles.search import languages, words

GAP, MOST_BETWEEN = "…", 2  # “wake … up”: the most words that may be in the gap
SHORTEST_STEM = 4  # shorter stems have too many other meanings: “mate” would match “matarme”
SHORTEST_MISSPELT = 6  # shorter words are one letter away from too many others
APOSTROPHES = re.compile("['’`´]")
DOTTED = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class DangerPhrases:
    """The danger phrases of one language.

    `phrases` are listed by the key of the helpline, `alone` are the phrases of a single word, `spelt` are all words in
    phrases, and `by_stem` maps stems to these words.
    """

    phrases: dict[str, list[Phrase]]
    alone: frozenset[Phrase]
    spelt: frozenset[str]
    by_stem: dict[str, frozenset[str]]


def undotted(text: str) -> str:
    """Return `text` with abbreviations as single words: “o.d.” → “od”."""
    return DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)


def crisis_lines_for(typed: str, language: str) -> list[str]:
    """Return the keys of the helplines whose phrases occur in `typed`, those of `language` first."""
    # Try with and without apostrophes: people type “cant” for “can’t”, but “od'd” isn't “odd”.
    variants = [words.tokens(typed), words.tokens(APOSTROPHES.sub("", typed))]
    if variants[0] == variants[1]:
        variants.pop()
    codes = sorted(languages.codes(), key=lambda code: code != language)
    return list(dict.fromkeys(key for code in codes for key in _keys(variants, code)))


def is_danger_word(word: str) -> bool:
    """Return whether a plain word occurs in a danger phrase of any language."""
    return any(word in _danger_phrases(code).spelt for code in languages.codes())


def _keys(variants: list[list[str]], code: str) -> list[str]:
    danger = _danger_phrases(code)
    candidates = [[_candidates(word, code) for word in variant] for variant in variants]
    return [
        key
        for key, phrases in danger.phrases.items()
        if any(_matches_at(phrase, text, at) for phrase in phrases for text in candidates for at in range(len(text)))
    ]


def _matches_at(phrase: Phrase, text: list[frozenset[str]], at: int) -> bool:
    """Return whether `phrase` matches at position `at` of `text`, which has the candidates of each word."""
    for place, word in enumerate(phrase):
        if word == GAP:
            return any(_matches_at(phrase[place + 1 :], text, at + skipped) for skipped in range(MOST_BETWEEN + 1))
        if at >= len(text) or word not in text[at]:
            return False
        at += 1
    return True


def _candidates(word: str, code: str) -> frozenset[str]:
    """Return the words of phrases that `word` may stand for: itself, other forms of it, or near spellings."""
    danger = _danger_phrases(code)
    same = danger.by_stem.get(words.stem(word, code), frozenset()) | (danger.spelt & {word})
    if same or len(word) < SHORTEST_MISSPELT:
        return same
    near = [hit[0] for hit in process.extract(word, danger.spelt, scorer=OSA.distance, score_cutoff=1, limit=None)]
    # A substituted letter often makes another word: “no response” isn't a misspelt “no responde”. Allow it only for
    # phrases of a single word.
    return frozenset(
        hit
        for hit in near
        if len(hit) >= SHORTEST_MISSPELT and ((hit,) in danger.alone or len(hit) != len(word) or sorted(hit) == sorted(word))
    )


@lru_cache(maxsize=32)
def _danger_phrases(code: str) -> DangerPhrases:
    phrases = {key: [_parts(phrase) for phrase in listed] for key, listed in languages.of(code).urgent.items()}
    alone = frozenset(phrase for listed in phrases.values() for phrase in listed if len(phrase) == 1)
    spelt = frozenset(word for listed in phrases.values() for phrase in listed for word in phrase if word != GAP)
    by_stem: dict[str, frozenset[str]] = {}
    for word in spelt:
        stem = words.stem(word, code)
        if len(stem) >= SHORTEST_STEM:
            by_stem[stem] = by_stem.get(stem, frozenset()) | {word}
    return DangerPhrases(phrases, alone, spelt, by_stem)


def _parts(phrase: str) -> Phrase:
    """Return the words of a phrase, with GAP where other words may come between."""
    parts: list[str] = []
    for number, piece in enumerate(phrase.split(GAP)):
        parts += [GAP] * bool(number) + words.tokens(piece)
    return tuple(parts)
