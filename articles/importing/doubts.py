"""Collects what an editor should look at, in the words they will read."""

from __future__ import annotations

import sys

QUOTE_LENGTH = 70


def quote(text: str, length: int = QUOTE_LENGTH) -> str:
    """`text` in quotation marks on one line, cut at a word after about `length` characters."""
    text = " ".join(text.split())
    if len(text) > length:
        cut = text[:length].rsplit(" ", 1)[0] or text[:length]
        text = cut.rstrip(" ,;:.—–-") + "…"
    return f'"{text}"'


class Doubts:
    """Doubts with their place in the source. `unit` is what a place counts: "Line", or "Paragraph" where a file has no lines."""

    def __init__(self, unit: str = "Line") -> None:
        self._unit = unit
        self._found: dict[str, int] = {}

    def add(self, sentence: str, line: int = 0) -> None:
        """Notes a whole sentence about the file, or, with a `line`, one that goes on after the place ("the link to …")."""
        self._found.setdefault(f"{self._unit} {line}: {sentence}" if line else sentence, line)

    def add_group(self, sentence: str, places: list[tuple[int, str]]) -> None:
        """Notes one doubt for several places, given as line and words; nothing when there are none."""
        if not places:
            return
        unit = self._unit if len(places) == 1 else f"{self._unit}s"
        words = ", ".join(quote(text) for _, text in places)
        numbers = _enumerate([str(line) for line, _ in places])
        self._found.setdefault(f"{unit} {numbers}: {sentence}: {words}.", places[0][0])

    def sentences(self) -> list[str]:
        """All doubts once: those with a place in the order of the file, then those about the whole of it."""
        return sorted(self._found, key=lambda sentence: self._found[sentence] or sys.maxsize)


def _enumerate(numbers: list[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
