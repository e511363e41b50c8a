"""A small linear model over pieces of a sentence. It hears danger in words that no list has, but can't say which sign it is.

`manage.py train_danger` makes danger/weights.json; reading it takes no library.
"""

import base64
import json
import math
import zlib
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

WEIGHTS = Path(__file__).parent / "weights.json"
BUCKETS = 2**13
SHORTEST = 4  # words: fewer say too little


class Weights(NamedTuple):
    """One number a bucket (int8, times `scale`), the bias, and the scores from which on a sentence is a level."""

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
    """Return the weights of what the file says."""
    raw = base64.b64decode(str(data["weights"]))
    values = [byte - 256 if byte > 127 else byte for byte in raw]
    return Weights(values, float(data["scale"]), float(data["bias"]), float(data["alarm"]), float(data["look"]))


def features(words: tuple[str, ...]) -> set[int]:
    """Return the buckets of a sentence: its words, pairs of words, pairs with one word between, and pieces of 3 to 5 letters."""
    plain = ["0" if word.isdigit() else word for word in words]
    pieces = [f"w{word}" for word in plain]
    pieces += [f"b{one} {two}" for one, two in pairwise(plain)]
    pieces += [f"s{one} {two}" for one, two in zip(plain, plain[2:], strict=False)]
    for word in plain:
        edged = f"<{word}>"
        for length in (3, 4, 5):
            pieces += [f"c{edged[at : at + length]}" for at in range(len(edged) - length + 1)]
    return {zlib.crc32(piece.encode()) % BUCKETS for piece in pieces}


def score(words: tuple[str, ...]) -> float:
    """Return how much a sentence sounds like danger, from 0 to 1."""
    if len(words) < SHORTEST:
        return 0.0
    known = weights()
    buckets = features(words)
    total = sum(known.values[bucket] for bucket in buckets)  # whole numbers: the order can't matter
    return 1 / (1 + math.exp(-(known.bias + known.scale * total / math.sqrt(len(buckets)))))
