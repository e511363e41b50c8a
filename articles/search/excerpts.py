"""Makes excerpts of a text around the words of a query, and marks these words."""

import re

from articles.search import words

LENGTH = 190  # characters of an excerpt
LEAD = 45  # characters before the first hit

Piece = tuple[str, bool]


def excerpt(text: str, hits: frozenset[str], language: str) -> list[Piece]:
    """Return the part of `text` with the most of `hits` (stems), as pieces of (text, whether it is a hit)."""
    places = [match.start() for match in _pattern(text, hits, language).finditer(words.plain(text))]
    begin = max(0, _densest(places) - LEAD) if places else 0
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    end = text.find(" ", begin + LENGTH)
    end = len(text) if end < 0 else end
    return [("… ", False)] * (begin > 0) + marked(text[begin:end], hits, language) + [(" …", False)] * (end < len(text))


def marked(text: str, hits: frozenset[str], language: str) -> list[Piece]:
    """Return `text` as pieces of (text, whether it is a hit)."""
    pieces: list[Piece] = []
    at = 0
    for match in _pattern(text, hits, language).finditer(words.plain(text)):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((text[match.start() : match.end()], True))
        at = match.end()
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def _pattern(text: str, hits: frozenset[str], language: str) -> re.Pattern[str]:
    """Return a pattern that matches the words of `text` whose stem is one of `hits`."""
    matching = sorted(word for word in set(words.tokens(text)) if words.stem(word, language) in hits)
    return re.compile(r"\b(?:" + "|".join(matching) + r")\b") if matching else re.compile(r"(?!)")


def _densest(places: list[int]) -> int:
    """Return the first of `places` that is followed by the most others within the length of an excerpt."""
    best, most, last = places[0], 0, 0
    for first, place in enumerate(places):
        while last < len(places) and places[last] < place + LENGTH - LEAD:
            last += 1
        if last - first > most:
            best, most = place, last - first
    return best
