"""No module may have more than 400 lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path

LONGEST = 400


def find(modules: Iterable[Path]) -> Iterator[str]:
    """Yield one line for each module that is too long, except migrations."""
    for path in modules:
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST and "migrations" not in path.parts:
            yield f"{path}: {count} lines; split it (at most {LONGEST})"
