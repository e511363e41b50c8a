"""The registry of checks. articles.checks imports all its modules, which register their checks here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from articles.checks.examples import Example
from articles.checks.findings import Finding
from articles.checks.text.parsed_guide import ParsedGuide

Find = Callable[[ParsedGuide], Iterable[Finding]]


class Rank(IntEnum):
    """What a check protects. Findings are shown in this order, so that what can harm a reader comes first."""

    SAFETY = 1
    HONESTY = 2
    RESPECT = 3
    CLARITY = 4
    EVIDENCE = 5
    FORM = 6


@dataclass(frozen=True)
class Check:
    """A registered check. `about` is the docstring of `find`, for the editors' handbook."""

    name: str
    rank: Rank
    find: Find
    examples: Sequence[Example]
    about: str


CHECKS: dict[str, Check] = {}


def register(name: str, examples: Sequence[Example], *, rank: Rank) -> Callable[[Find], Find]:
    """Register a function as the check `name`. Its docstring appears in the editors' handbook.

    Raises ValueError if the name is taken.
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
