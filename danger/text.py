"""Normalizes text for the vocabulary and the linear model, and splits it into sentences.

static/js/danger.js does the same in the same steps; tests/danger/test_browser.py compares the two over the whole collection.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_TEXT = 12_000  # characters; no form takes as much
LONGEST_SENTENCE, STEP = 40, 28  # words: dictated text has no full stops, so a longer sentence is read in overlapping parts

_APOSTROPHES = re.compile("['’‘`´ʼ′‛ʹ＇]")
# No \b and no \s below: they match other characters in JavaScript.
_OD = re.compile(r"(?<![a-z])od['’‘`´ʼ′‛ʹ＇]d(?![a-z])")  # without its apostrophe it would be "odd"
# "bebé" is a baby and "bebe" drinks; folding would remove the difference.
_BABY = re.compile(r"(?<![a-z])bebé(s?)(?![a-z])")
_LETTERS_APART = re.compile(r"(?<![a-z0-9])[a-z](?:[.*_-][a-z](?![a-z0-9]))+\.?|(?<![a-z0-9])[a-z](?: [a-z](?![a-z0-9])){3,}")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_END = re.compile(r"(?<![.!?;¿¡])[.!?;¿¡]+(?=[ \t\n\r]|\Z)|[?!;¿¡]+|\n+")
_WORD_OR_BREAK = re.compile(r"[a-z0-9]+|[,:()]")


@dataclass(frozen=True)
class Sentence:
    """The words of a sentence, and the numbers of the words that follow a comma or another break."""

    words: tuple[str, ...]
    breaks: frozenset[int] = frozenset()

    def __add__(self, other: "Sentence") -> "Sentence":
        length = len(self.words)
        return Sentence(self.words + other.words, self.breaks | {length} | {length + at for at in other.breaks})


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, apostrophes and invisible characters; punctuation stays."""
    lower = text[:LONGEST_TEXT].lower()
    lower = _BABY.sub(r"bebito\1", unicodedata.normalize("NFC", lower))
    lower = _APOSTROPHES.sub("", _OD.sub("overdosed", lower))
    if not lower.isascii():
        kept = (c for c in unicodedata.normalize("NFKD", lower) if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))
        lower = "".join(kept).lower()
    lower = _LETTERS_APART.sub(lambda hit: re.sub("[^a-z]", "", hit[0]), lower)
    return _DRAWN_OUT.sub(lambda hit: hit[1] * (2 if hit[1] in "ls" else 1), lower)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text`; long ones in overlapping parts."""
    pieces = []
    for part in _END.split(fold(text)):
        words: list[str] = []
        breaks = set()
        for token in _WORD_OR_BREAK.findall(part):
            if token[0].isalnum():
                words.append(token)
            else:
                breaks.add(len(words))
        for start in range(0, max(len(words) - LONGEST_SENTENCE + STEP, 1), STEP):
            cut = words[start : start + LONGEST_SENTENCE]
            if cut:
                pieces.append(Sentence(tuple(cut), frozenset(at - start for at in breaks if start < at < start + len(cut))))
    return pieces


_SOUNDS = (
    ("ch", "C"),
    ("qu(?=[ei])", "k"),
    ("gu(?=[ei])", "g"),
    ("g(?=[ei])", "j"),
    ("c(?=[ei])", "s"),
    ("c", "k"),
    ("z", "s"),
    ("x", "s"),
    ("v", "b"),
    ("ll", "y"),
    ("h", ""),
    ("n(?=[bp])", "m"),
    (r"([a-zC])\1+", r"\1"),
)
_SPANISH = [(re.compile(pattern), by) for pattern, by in _SOUNDS]


def spanish_sound(word: str) -> str:
    """Return a folded word as it sounds in Latin American Spanish, so that “combulsiona” is “convulsiona”."""
    for pattern, by in _SPANISH:
        word = pattern.sub(by, word)
    return word


def as_spelt(word: str) -> str:
    """Return the word itself: English is compared by spelling."""
    return word


SOUNDS = {"en": as_spelt, "es": spanish_sound}
