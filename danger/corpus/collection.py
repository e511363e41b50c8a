"""The collection of labelled sentences. Tests check the rules against it, and the linear model is trained on it.

danger/data/sentences/<language>.json is for training. danger/data/kept_apart/ is not trained on, but used for tuning: rules and
thresholds were chosen with it in view. danger/data/independent/ was written by somebody who knew neither the rules nor the other
sentences, and was measured before any rule was changed for it; its lines have the kind DANGER, INSIDE a longer message or alone.
It holds several such lists; figures come from the newest.
danger/data/templates.json has sentences with slots, from which any number can be generated.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from danger.grammar import FOLDER, languages

# Kinds that are no danger: everyday inquiries, and sentences that only look like danger.
ORDINARY, HARD = "ordinary", "hard"
# The origin of sentences that differ in a denial or in a time only; they check the rules and are not trained on.
PAIRS = "pairs"
# The origins of the independent lists, oldest first. Each is new only once: rules were changed after the first was measured.
LISTS = ("independent", "independent, second")
# Kinds of the independent lists, which name no signs.
DANGER, INSIDE = "danger", "danger_inside"


@dataclass(frozen=True)
class Line:
    """A sentence, its language, and its kind: the code of a sign, "ordinary" or "hard". Lines of a `group` have one source."""

    text: str
    language: str
    kind: str
    origin: str
    group: str

    @property
    def is_danger(self) -> bool:
        return self.kind not in (ORDINARY, HARD)


def sentences() -> list[Line]:
    """Return the sentences for training."""
    return list(_read(FOLDER / "sentences"))


def kept_apart() -> list[Line]:
    """Return the sentences that no weight is trained on. They are used for tuning, so a figure measured on them flatters."""
    return list(_read(FOLDER / "kept_apart"))


def independent(origin: str = "") -> list[Line]:
    """Return the sentences of people who knew neither the rules nor the other lists; of one list (LISTS), if it is named."""
    return [line for line in _read(FOLDER / "independent") if origin in ("", line.origin)]


def join(lines: list[dict[str, str]], folder: Path) -> int:
    """Add the lines (with "language") that the files of `folder` don't have yet; return their number."""
    added = 0
    for language in sorted({line["language"] for line in lines}):
        path = folder / f"{language}.json"
        stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        known = {line["text"].casefold() for line in stored}
        for line in lines:
            if line["language"] == language and line["text"].casefold() not in known:
                stored.append({name: value for name, value in line.items() if name != "language"})
                known.add(line["text"].casefold())
                added += 1
        path.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return added


def _read(folder: Path) -> Iterator[Line]:
    for language in languages():
        path = folder / f"{language}.json"
        for number, line in enumerate(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else ()):
            yield Line(line["text"], language, line["kind"], line["origin"], f"{language}{number}")


def from_templates(each: int, chance: random.Random) -> list[Line]:
    """Return up to `each` sentences a template, half of them with a typing mistake."""
    content = json.loads((FOLDER / "templates.json").read_text(encoding="utf-8"))
    templates = [(kind, text) for kind, listed in content["danger"].items() for text in listed]
    templates += [(ORDINARY, text) for text in content["ordinary"]]
    lines = []
    for number, (kind, template) in enumerate(templates):
        made = {" ".join(_filled(template, content["slots"], chance).split()) for _time in range(each)}
        for text in sorted(made):
            language = "es" if any(f"{{{slot}}}" in template for slot in content["slots"] if slot.islower()) else "en"
            slipped = _slip(text, chance) if chance.random() < 0.5 else text
            lines.append(Line(slipped, language, kind, "template", f"template{number}"))
    return lines


def _filled(template: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    for slot, words in slots.items():
        while f"{{{slot}}}" in template:
            template = template.replace(f"{{{slot}}}", chance.choice(words), 1)
    return template


def _slip(text: str, chance: random.Random) -> str:
    """Return `text` with two letters swapped, one left out or one doubled."""
    at = chance.randrange(len(text) - 1) if len(text) > 1 else 0
    way = chance.randrange(3)
    if way == 0:
        return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if way == 1 else text[:at] + text[at] + text[at:]
