"""Examples of a check: its tests and its documentation at once."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Example:
    """A small guide and the rules that must find something in it; none when it is right.

    `body` is Markdown as in the starter library. `fields` replaces other parts of the guide, as in a snapshot.
    """

    body: str
    finds: tuple[str, ...] = ()
    language: str = "en"
    fields: dict[str, Any] = field(default_factory=dict)
