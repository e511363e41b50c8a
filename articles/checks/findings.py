"""What a check has to say about a text."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

EXCERPT_LENGTH = 160  # characters


class Level(StrEnum):
    """What follows from a finding: an error blocks approval, a warning asks for a reason, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing an editor should look at.

    `check` is the id of the check and `rule` that of its rule; `section` is the heading (or part of the guide) where it
    was found and `excerpt` the words; `reason` says why it matters, `source` who says so, `suggestion` what to do.
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

    @property
    def key(self) -> str:
        """Identifies the finding in whatever language it is worded: it changes when the words that were found change."""
        return hashlib.sha256("\n".join((self.check, self.rule, self.excerpt)).encode()).hexdigest()


def shorten(text: str, length: int = EXCERPT_LENGTH) -> str:
    """Return `text` on one line, cut at a word to `length` characters."""
    words = " ".join(text.split())
    return words if len(words) <= length else f"{words[:length].rsplit(' ', 1)[0]}…"


def around(text: str, start: int, end: int, width: int = 50) -> str:
    """Return the words from `start` to `end` of `text` with about `width` characters on each side, cut at words."""
    left = start if start <= width else text.find(" ", start - width, start) + 1 or start
    right = len(text) if end + width >= len(text) else text.rfind(" ", end, end + width)
    right = right if right > end else min(len(text), end)
    if start <= width:
        left = 0
    return f"{'…' if left else ''}{' '.join(text[left:right].split())}{'…' if right < len(text) else ''}"
