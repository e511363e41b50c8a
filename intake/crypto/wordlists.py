"""The published word lists that receipts are drawn from, and the correction of mistyped words.

English: six words of the EFF long list. Spanish: seven words of the BIP 39 list. Sources and licences: intake/data/README.md.
"""

import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data"

# Words that must not appear on a note from a treatment centre, because they would frighten or give away the person.
LEFT_OUT = frozenset((DATA / "left_out.txt").read_text(encoding="utf-8").split())


class WordList(NamedTuple):
    """The list of one language: plain form to displayed form, and the number of words in a receipt (about 77 bits)."""

    shown: dict[str, str]
    plain: tuple[str, ...]
    words_in_receipt: int


_FILES = {"en": ("eff_long_wordlist.txt", 6), "es": ("bip39_spanish.txt", 7)}
LANGUAGES = tuple(_FILES)
# Longer typed words can't match: the longest words of the lists have nine letters.
LONGEST = 32


def plain(word: str) -> str:
    """Return `word` in lower case without accents. Comparison and key derivation use this form, whatever the keyboard."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if letter.isalpha())


@cache
def words_of(language: str) -> WordList:
    """Return the list for `language` ("en" or "es"; English for any other language)."""
    name, count = _FILES.get(language, _FILES["en"])
    lines = (DATA / name).read_text(encoding="utf-8").split()
    shown = {plain(word): unicodedata.normalize("NFC", word) for word in lines if "-" not in word and plain(word) not in LEFT_OUT}
    return WordList(shown=shown, plain=tuple(shown), words_in_receipt=count)


@cache
def _by_deletion(language: str) -> dict[str, tuple[str, ...]]:
    """Map each word of the list, and each of its forms with one letter missing, to the words it may stand for."""
    index: dict[str, list[str]] = defaultdict(list)
    for word in words_of(language).plain:
        for form in _deletions(word):
            index[form].append(word)
    return {form: tuple(words) for form, words in index.items()}


def _deletions(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def nearest(typed: str, language: str) -> tuple[str, ...]:
    """Return the plain words of the list that `typed` may mean, sorted; empty when there are none.

    A word of the list matches only itself. Otherwise all words at a Damerau–Levenshtein distance of one match (a letter
    wrong, missing or extra, or two adjacent letters swapped; Damerau 1964).
    """
    word = plain(typed)
    if word in words_of(language).shown:
        return (word,)
    if len(word) > LONGEST:  # the time below grows with the square of the length
        return ()
    index = _by_deletion(language)
    near = {candidate for form in _deletions(word) for candidate in index.get(form, ()) if _one_mistake(word, candidate)}
    return tuple(sorted(near))


def _one_mistake(typed: str, word: str) -> bool:
    if abs(len(typed) - len(word)) > 1:
        return False
    if len(typed) != len(word):
        longer, shorter = (typed, word) if len(typed) > len(word) else (word, typed)
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    wrong = [place for place, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]
    if len(wrong) == 2:
        first, second = wrong
        return second == first + 1 and typed[first] == word[second] and typed[second] == word[first]
    return len(wrong) <= 1
