"""How much is found in sentences of somebody who did not know the rules, for the clinicians' page. train_danger measures it again."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from danger.assess import Assessment, assess
from danger.corpus import collection
from danger.grammar import languages
from danger.levels import Level

PATH = Path(__file__).parent.parent / "figures.json"


def measured() -> list[dict[str, Any]]:
    """Return a row a language: the numbers of dangerous and of ordinary sentences, and how many of each were raised."""
    rows = []
    for language in languages():
        lines = [line for line in collection.independent(collection.LISTS[-1]) if line.language == language]
        danger = [assess(line.text, language).level for line in lines if line.is_danger]
        ordinary = [assess(line.text, language).level for line in lines if line.kind == collection.ORDINARY]
        rows.append(
            {
                "language": language,
                "danger": len(danger),
                "heard": sum(level >= Level.LOOK for level in danger),
                "ordinary": len(ordinary),
                "raised": sum(level >= Level.LOOK for level in ordinary),
            }
        )
    return rows


AROUND = {
    "en": ("Hello, I found your page tonight. ", ". Can you tell me what it costs and when you are open?"),
    "es": ("Buenas tardes, encontré su página. ", ". ¿Me pueden decir cuánto cuesta y a qué hora abren?"),
}


def of_list(lines: list[dict[str, str]], hear: Callable[[str, str], Assessment] = assess) -> list[dict[str, Any]]:
    """Return a row a language and kind of a list of {"text", "language", "kind"}: how many are raised, how many alarm.

    "inside" is the same sentence between two ordinary ones. `hear` may be stage_two.assess_again: a second a sentence.
    """
    rows = []
    for language, kind in sorted({(line["language"], line["kind"]) for line in lines}):
        texts = [line["text"] for line in lines if (line["language"], line["kind"]) == (language, kind)]
        before, after = AROUND[language]
        for inside in (False, True):
            levels = [hear(before + text.rstrip(".!?") + after if inside else text, language).level for text in texts]
            raised, alarms = sum(level >= Level.LOOK for level in levels), sum(level == Level.ALARM for level in levels)
            rows.append({"language": language, "kind": kind, "inside": inside, "lines": len(texts), "raised": raised, "alarms": alarms})
    return rows


def write() -> None:
    """Measure and store the figures."""
    PATH.write_text(json.dumps(measured(), indent=0) + "\n", encoding="ascii")


@lru_cache(maxsize=1)
def stored() -> list[dict[str, Any]]:
    """Return the figures measured with this vocabulary."""
    rows: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="ascii"))
    return rows
