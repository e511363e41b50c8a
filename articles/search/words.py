"""Turns text into the words that are stored and looked for. Both sides use these functions, so that they agree."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer
from lxml import html

from articles.search import languages

WORD = re.compile(r"[^\W_]+")
LONGEST = 40  # characters of a word; what is longer is no word
CLOSING = frozenset(")”’%")  # what may end words that are no sentence yet
BLOCKS = ("p", "li", "h2", "h3", "h4", "td", "th", "tr", "caption", "div", "aside", "blockquote", "br", "dt", "dd", "figcaption")


def plain(text: str) -> str:
    """Return `text` in lower case without accents, letter for letter: “Desintoxicación” → “desintoxicacion”.

    The length stays, so that a place in the result is the same place in `text`.
    """
    return text.lower() if text.isascii() else text.translate(_bare_letters())


def tokens(text: str) -> list[str]:
    """Return the words of `text` in order, plain; a word that is too long to be one is left out."""
    return [word for word in WORD.findall(plain(text)) if len(word) <= LONGEST]


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """Return the stem of a plain word: “withdrawals” → “withdraw”. A language without a stemmer keeps the word."""
    known = languages.of(language)
    if not known.stemmer or word.isdigit() or word in known.whole:
        return word
    for typed, accented in known.endings.items():
        if word.endswith(typed):
            word = word.removesuffix(typed) + accented  # people leave the accent out, and the stemmer knows only the accented ending
    return plain(_stemmer(known.stemmer).stemWord(word))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of all words of `text`, in order."""
    return [stem(word, language) for word in tokens(text)]


def meaningful(words: list[str], language: str) -> list[str]:
    """Return `words` without the empty ones, or all of them when nothing else is there."""
    empty = languages.of(language).empty
    return [word for word in words if word not in empty] or words


def is_empty(stem: str, language: str) -> bool:
    """Tell whether a stem is that of an empty word."""
    return stem in _empty_stems(language)


def readable(markup: str) -> str:
    """Return the text of HTML. What ends a block ends a sentence: without its full stop, a heading would run into the text."""
    if not markup.strip():
        return ""
    root = html.fragment_fromstring(markup, create_parent="div")
    for citation in root.xpath(".//sup"):
        citation.drop_tree()
    for block in reversed(list(root.iter(*BLOCKS))):
        end = block.text_content().rstrip()[-1:]
        block.tail = f"{'.' if end.isalnum() or end in CLOSING else ''} {block.tail or ''}"
    return " ".join(root.text_content().split())


@lru_cache(maxsize=32)
def _empty_stems(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in languages.of(language).empty)


@lru_cache(maxsize=1)
def _bare_letters() -> dict[int, str]:
    """Map each letter to its lower case without accents, where that is one letter too."""
    bare = {}
    for code in (*range(0x250), *range(0x1E00, 0x1F00)):  # the Latin letters
        letter = chr(code)
        if letter.isalpha():
            first = unicodedata.normalize("NFKD", letter.lower())[:1]
            if first.isalpha() and first != letter:
                bare[code] = first
    return bare


@lru_cache(maxsize=4)
def _stemmer(algorithm: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(algorithm)
