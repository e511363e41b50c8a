"""Finds the labelled sentence of danger most similar to a text, which staff see beside "sounds like danger"."""

import math
from collections import Counter
from functools import lru_cache

from danger import linear
from danger.corpus import collection
from danger.corpus.collection import Line
from danger.text import sentences

LEAST_ALIKE = 0.2  # cosine similarity; below it the nearest sentence explains nothing

Index = tuple[list[Line], dict[int, list[tuple[int, float]]], dict[int, float]]


@lru_cache(maxsize=1)
def _index() -> Index:
    """Return the sentences, the postings of each feature (sentence number, weight), and the rarity of each feature."""
    lines = [line for line in collection.sentences() if line.is_danger]
    pieces = [_pieces(line.text) for line in lines]
    often = Counter(piece for each in pieces for piece in each)
    rare = {piece: math.log(1 + len(lines) / count) for piece, count in often.items()}
    places: dict[int, list[tuple[int, float]]] = {}
    for number, each in enumerate(pieces):
        length = math.sqrt(sum(rare[piece] ** 2 for piece in each)) or 1.0
        for piece in each:
            places.setdefault(piece, []).append((number, rare[piece] / length))
    return lines, places, rare


def _pieces(text: str) -> set[int]:
    return linear.features(tuple(word for sentence in sentences(text) for word in sentence.words))


def nearest(text: str) -> Line | None:
    """Return the labelled sentence of danger most similar to `text`, or None. Takes about a millisecond."""
    lines, places, rare = _index()
    pieces = [piece for piece in _pieces(text) if piece in rare]
    length = math.sqrt(sum(rare[piece] ** 2 for piece in pieces)) or 1.0
    alike: Counter[int] = Counter()
    for piece in pieces:
        for number, share in places[piece]:
            alike[number] += share * rare[piece] / length  # type: ignore[assignment]
    if not alike:
        return None
    number, cosine = max(alike.items(), key=lambda item: (item[1], -item[0]))
    return lines[number] if cosine >= LEAST_ALIKE else None
