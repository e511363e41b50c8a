"""Collects doubts: what an editor should check after an import."""

from __future__ import annotations

import sys

QUOTE_LENGTH = 70
MOST_PLACES = 100
"""Places that one doubt names."""


def quote(text: str, length: int = QUOTE_LENGTH) -> str:
    """Return `text` in quotation marks on one line, truncated at a word to about `length` characters."""
    text = " ".join(text.split())
    if len(text) > length:
        cut = text[:length].rsplit(" ", 1)[0] or text[:length]
        text = cut.rstrip(" ,;:.—–-") + "…"
    return f'"{text}"'


class Doubts:
    """Doubts with their position in the source. `unit` is "Line", or "Paragraph" for files without lines."""

    def __init__(self, unit: str = "Line") -> None:
        self._unit = unit
        self._doubts: dict[str, int] = {}

    def add(self, sentence: str, line: int = 0) -> None:
        """Add a sentence about the file, or with `line` the part of a sentence after the position ("the link to …")."""
        self._doubts.setdefault(f"{self._unit} {line}: {sentence}" if line else sentence, line)

    def add_group(self, sentence: str, places: list[tuple[int, str]]) -> None:
        """Add one doubt for several places, given as (line, text). Does nothing if there are none."""
        if not places:
            return
        unit = self._unit if len(places) == 1 else f"{self._unit}s"
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        words = ", ".join(quote(text) for _, text in places[:MOST_PLACES]) + more
        numbers = _enumerate([str(line) for line, _ in places[:MOST_PLACES]]) + more
        self._doubts.setdefault(f"{unit} {numbers}: {sentence}: {words}.", places[0][0])

    def sentences(self) -> list[str]:
        """Return the distinct doubts: those with a position in the order of the file, then those about the whole file."""
        return sorted(self._doubts, key=lambda sentence: self._doubts[sentence] or sys.maxsize)


def _enumerate(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
