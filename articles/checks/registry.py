"""The checks by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from articles.checks.examples import Example
from articles.checks.findings import Finding
from articles.checks.text.parsed_guide import Reading

Find = Callable[[Reading], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A check: its id, what it does with a text, and examples of what it finds and what it leaves alone."""

    name: str
    find: Find
    examples: Sequence[Example]
    about: str


CHECKS: dict[str, Check] = {}


def register(name: str, examples: Sequence[Example]) -> Callable[[Find], Find]:
    """Decorate a function as the check `name`. Its docstring is what the editors' handbook says about it."""

    def add(find: Find) -> Find:
        CHECKS[name] = Check(name, find, examples, about=(find.__doc__ or "").strip())
        return find

    return add
