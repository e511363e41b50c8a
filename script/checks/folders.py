"""No folder of the apps with more than 15 modules: past that, it is two packages."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST = 15
APPS = ("recovery_site", "accounts", "articles", "danger", "intake", "compliance", "backups")


def find(modules: Iterable[Path]) -> Iterator[str]:
    """Yield one line for each folder of the apps that has too many modules; __init__.py and migrations don't count."""
    counts = Counter(
        path.parent for path in modules if path.parts[0] in APPS and path.name != "__init__.py" and "migrations" not in path.parts
    )
    for folder, count in sorted(counts.items()):
        if count > MOST:
            yield f"{folder}: {count} modules; split it (at most {MOST})"
