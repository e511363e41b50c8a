"""The checks. A module of this package registers its check when it is imported, and every module is imported."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from articles.checks.examples import Example
from articles.checks.findings import Finding
from articles.checks.text.parsed_guide import ParsedGuide

Find = Callable[[ParsedGuide], Iterable[Finding]]


class Rank(IntEnum):
    """What a check protects. Editors see findings in this order: what can harm a reader comes first."""

    SAFETY = 1
    HONESTY = 2
    RESPECT = 3
    CLARITY = 4
    EVIDENCE = 5
    FORM = 6


@dataclass(frozen=True)
class Check:
    """A check: its id, what it protects, what it does with a text, and examples of what it finds and what it leaves alone."""

    name: str
    rank: Rank
    find: Find
    examples: Sequence[Example]
    about: str


CHECKS: dict[str, Check] = {}


def register(name: str, examples: Sequence[Example], *, rank: Rank) -> Callable[[Find], Find]:
    """Decorate a function as the check `name`. Its docstring is what the editors' handbook says about it.

    Raises ValueError for a name that is taken.
    """

    def add(find: Find) -> Find:
        if name in CHECKS:
            raise ValueError(f"There is a check {name!r} already.")
        CHECKS[name] = Check(name, rank, find, examples, about=(find.__doc__ or "").strip())
        return find

    return add


def in_order() -> list[Check]:
    """Return all checks by rank, then by name."""
    return sorted(CHECKS.values(), key=lambda check: (check.rank, check.name))
