"""What CHANGELOG.md asks of an operator."""

import re
from pathlib import Path

HEADING = "### What you must do"
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+)\b.*$", re.MULTILINE)


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: (0, 2, 0) for "0.2.0"."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def releases(text: str) -> dict[str, str]:
    """Return {version: what its section says}, the newest first."""
    parts = RELEASE.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def must_do(section: str) -> str:
    """Return what stands below HEADING in the section of a release, "" if it has none."""
    _before, _heading, after = section.partition(HEADING + "\n")
    return re.split(r"^#|^For ", after, maxsplit=1, flags=re.MULTILINE)[0].strip() if after else ""


def between(changelog: Path, older: str, newer: str) -> dict[str, str]:
    """Return {version: what must be done} of the releases after `older` up to `newer`, in the order in which they came."""
    found = releases(changelog.read_text(encoding="utf-8"))
    wanted = [version for version in found if number(older) < number(version) <= number(newer)]
    return {version: must_do(found[version]) for version in sorted(wanted, key=number)}
