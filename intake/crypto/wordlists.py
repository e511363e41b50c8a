"""The word lists that receipts are drawn from, and the correction of mistyped words.

A new receipt has seven words: English ones from our own list of 2,048, Spanish ones from 2,025 of the BIP 39 list and our own. Until
November 2026 an English receipt had six words of the EFF long list; such receipts are still read, and no new ones are drawn from it.
Sources, licences and what makes a word fit: intake/data/README.md.
"""

import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data"


class WordList(NamedTuple):
    """The words of one list, and the number of words in a receipt (about 77 bits)."""

    # Every word that a receipt of this list may hold, plain form to displayed form.
    shown: dict[str, str]
    # The plain forms that new receipts are drawn from.
    plain: tuple[str, ...]
    words_in_receipt: int


# The first two are also the languages that receipts are drawn in.
_FILES = {
    "en": (("english.txt",), 7),
    "es": (("bip39_spanish.txt", "spanish_more.txt"), 7),
    "en-eff": (("eff_long_wordlist.txt",), 6),
}
LANGUAGES = ("en", "es")
LISTS = tuple(_FILES)
# Longer typed words can't match: the longest words of the lists have eleven letters.
LONGEST = 32
# More ways to read words that are run together are not followed.
MOST_WAYS = 20


def plain(word: str) -> str:
    """Return `word` in lower case without accents. Comparison and key derivation use this form, whatever the keyboard."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if letter.isalpha())


@cache
def words_of(name: str) -> WordList:
    """Return the list with this name (one of LISTS, which has those of LANGUAGES; English for any other)."""
    files, count = _FILES.get(name, _FILES["en"])
    lines = [word for file in files for word in (DATA / file).read_text(encoding="utf-8").split() if "-" not in word]
    shown = {plain(word): unicodedata.normalize("NFC", word) for word in lines}
    left_out = frozenset((DATA / "left_out.txt").read_text(encoding="utf-8").split()) if name == "es" else frozenset()
    return WordList(shown=shown, plain=tuple(word for word in shown if word not in left_out), words_in_receipt=count)


@cache
def _by_deletion(language: str) -> dict[str, tuple[str, ...]]:
    """Map each word of the list, and each of its forms with one letter missing, to the words it may stand for."""
    index: dict[str, list[str]] = defaultdict(list)
    for word in words_of(language).shown:
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


def is_same(typed: str, word: str) -> bool:
    """Return whether `typed` is `word` (in plain form), or `word` with one typing mistake."""
    form = plain(typed)
    return form == word or (len(form) <= LONGEST and _one_mistake(form, word))


def split(run_together: str, name: str, count: int) -> list[tuple[str, ...]]:
    """Return the ways to read `run_together` as one to `count` words of the list."""
    text, words = plain(run_together), words_of(name).shown
    if len(text) > LONGEST * count:
        return []
    # The ways to read the text from each place to its end.
    ways: list[list[tuple[str, ...]]] = [[] for _ in text] + [[()]]
    for start in range(len(text) - 1, -1, -1):
        for end in range(start + 1, min(len(text), start + LONGEST) + 1):
            if text[start:end] in words:
                ways[start] += [(text[start:end], *rest) for rest in ways[end] if len(rest) < count]
        ways[start] = ways[start][:MOST_WAYS]
    return ways[0] if text else []
