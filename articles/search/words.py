"""Text analysis for search, used both for indexing and for queries, so that they agree."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer
from lxml import html

from articles.search import languages

WORD = re.compile(r"[^\W_]+")
LONGEST = 40  # characters; longer tokens are ignored
CLOSING = frozenset(")”’%")  # characters after which a block of text still needs a full stop
BLOCKS = ("p", "li", "h2", "h3", "h4", "td", "th", "tr", "caption", "div", "aside", "blockquote", "br", "dt", "dd", "figcaption")


def plain(text: str) -> str:
    """Return `text` in lower case without accents: “Desintoxicación” → “desintoxicacion”.

    The length doesn't change, so positions in the result are the same as in `text`.
    """
    return text.lower() if text.isascii() else text.translate(_bare_letters())


def tokens(text: str) -> list[str]:
    """Return the plain words of `text` in order, without those longer than LONGEST."""
    return [word for word in WORD.findall(plain(text)) if len(word) <= LONGEST]


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """Return the stem of a plain word: “withdrawals” → “withdraw”. Without a stemmer the word is returned as it is."""
    known = languages.of(language)
    if not known.stemmer or word.isdigit() or word in known.whole:
        return word
    for typed, accented in known.endings.items():
        if word.endswith(typed):
            word = word.removesuffix(typed) + accented  # people omit accents, but the stemmer needs them
    return plain(_stemmer(known.stemmer).stemWord(word))


def stems(text: str, language: str) -> list[str]:
    """Return the stems of all words of `text`, in order."""
    return [stem(word, language) for word in tokens(text)]


def meaningful(words: list[str], language: str) -> list[str]:
    """Return `words` without stop words, or all of them if nothing else is left."""
    empty = languages.of(language).empty
    return [word for word in words if word not in empty] or words


@lru_cache(maxsize=4)
def dictionary(language: str) -> frozenset[str]:
    """Return the plain words of the language's dictionary."""
    return frozenset(plain(word) for word in languages.dictionary(language))


def is_empty(stem: str, language: str) -> bool:
    """Return whether `stem` is the stem of a stop word."""
    return stem in _empty_stems(language)


def readable(markup: str) -> str:
    """Return the text of HTML, with a full stop after blocks without one, so that headings don't run into the text."""
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
    """Map letters to lower case without accents, where that is a single letter."""
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
