"""Examples of checks, which serve as tests and documentation."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Example:
    """A small guide, and the rules that must find something in it (none if it is correct).

    `body` is Markdown as in the starter library. `fields` sets other fields of the snapshot.
    """

    body: str
    finds: tuple[str, ...] = ()
    language: str = "en"
    fields: dict[str, Any] = field(default_factory=dict)
