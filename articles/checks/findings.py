"""The findings of checks."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

EXCERPT_LENGTH = 160  # characters


class Level(StrEnum):
    """The level of a finding: an error blocks approval, a warning needs a reason, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """A problem found by a check.

    `check` and `rule` are ids. `section` is the heading or part of the guide, and `excerpt` the text that was found.
    `reason` says why it matters, `source` is the evidence for that, and `suggestion` says what to do. `phrase` is what a reason for
    leaving it as it is holds for, wherever it stands in the guide: the words themselves, or their sentence; by default the excerpt.
    """

    check: str
    level: Level
    message: str
    excerpt: str = ""
    section: str = ""
    reason: str = ""
    source: str = ""
    suggestion: str = ""
    rule: str = ""
    phrase: str = ""

    @property
    def key(self) -> str:
        """Identifies the phrase that was found, whatever language the message is in, whatever stands around it."""
        return self._digest(" ".join(self.phrase.split()).casefold() if self.phrase else self.excerpt)

    @property
    def key_of_excerpt(self) -> str:
        """Identifies the finding as `key` did while a reason held for one excerpt: reasons given then still count."""
        return self._digest(self.excerpt)

    def _digest(self, words: str) -> str:
        return hashlib.sha256("\n".join((self.check, self.rule, words)).encode()).hexdigest()


def shorten(text: str, length: int = EXCERPT_LENGTH) -> str:
    """Return `text` on one line, truncated at a word to `length` characters."""
    words = " ".join(text.split())
    return words if len(words) <= length else f"{words[:length].rsplit(' ', 1)[0]}…"


def around(text: str, start: int, end: int, width: int = 50) -> str:
    """Return `text` from `start` to `end` with about `width` characters of context on each side, cut at words."""
    left = start if start <= width else text.find(" ", start - width, start) + 1 or start
    right = len(text) if end + width >= len(text) else text.rfind(" ", end, end + width)
    right = right if right > end else min(len(text), end)
    if start <= width:
        left = 0
    return f"{'…' if left else ''}{' '.join(text[left:right].split())}{'…' if right < len(text) else ''}"
