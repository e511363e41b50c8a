"""A small linear model over parts of a sentence. It finds danger in words that no list has, but can't tell which sign it is.

`manage.py train_danger` writes danger/weights.json; reading it needs no library.
"""

import base64
import json
import math
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

WEIGHTS = Path(__file__).parent / "weights.json"
BUCKETS = 2**13
SHORTEST = 4  # words: shorter sentences have too few features


class Weights(NamedTuple):
    """One int8 a bucket (multiplied by `scale`), the bias, and the lowest score of each level."""

    values: list[int]
    scale: float
    bias: float
    alarm: float
    look: float


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the trained weights."""
    return unpack(json.loads(WEIGHTS.read_text(encoding="ascii")))


def unpack(data: dict[str, str | float]) -> Weights:
    """Return the weights from the content of the file."""
    raw = base64.b64decode(str(data["weights"]))
    values = [byte - 256 if byte > 127 else byte for byte in raw]
    return Weights(values, float(data["scale"]), float(data["bias"]), float(data["alarm"]), float(data["look"]))


def features(words: tuple[str, ...]) -> set[int]:
    """Return the buckets of a sentence: of words, adjacent pairs, pairs with a word between, and parts of 3 to 5 letters."""
    pieces = sequences(words)
    for word in _plain(words):
        edged = f"<{word}>"
        for length in (3, 4, 5):
            pieces += [f"c{edged[at : at + length]}" for at in range(len(edged) - length + 1)]
    return hashed(pieces)


def sequences(words: tuple[str, ...]) -> list[str]:
    """Return the words, adjacent pairs, and pairs with a word between, as names of features."""
    plain = _plain(words)
    pieces = [f"w{word}" for word in plain]
    pieces += [f"b{one} {two}" for one, two in pairwise(plain)]
    pieces += [f"s{one} {two}" for one, two in zip(plain, plain[2:], strict=False)]
    return pieces


def _plain(words: tuple[str, ...]) -> list[str]:
    return ["0" if word.isdigit() else word for word in words]


def hashed(pieces: Iterable[str], buckets: int = BUCKETS) -> set[int]:
    """Return the numbers of the buckets of named features."""
    return {zlib.crc32(piece.encode()) % buckets for piece in pieces}


def score(words: tuple[str, ...]) -> float:
    """Return the score of a sentence, from 0 to 1: how likely it is about danger."""
    return 0.0 if len(words) < SHORTEST else probability(weights(), features(words))


def probability(known: Weights, buckets: set[int]) -> float:
    """Return what the weights make of the buckets of a sentence, from 0 to 1."""
    total = sum(known.values[bucket] for bucket in buckets)  # whole numbers: the order can't matter
    return 1 / (1 + math.exp(-(known.bias + known.scale * total / math.sqrt(len(buckets)))))
