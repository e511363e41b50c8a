"""The pinned requirements say what pyproject.toml says. Compares names and versions only, so that it needs no network."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)


def find(root: Path) -> Iterator[str]:
    """Yield one line for each package in `root` that the two requirements files and pyproject.toml disagree about."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    production = _pins("\n".join(project["dependencies"]))
    development = _pins("\n".join(project["optional-dependencies"]["development"]))
    server, everything = (_pins((root / name).read_text(encoding="utf-8")) for name in ("requirements-production.txt", "requirements.txt"))
    yield from _differences("requirements-production.txt", production, server)
    yield from _differences("requirements.txt", server | production | development, everything)


def _differences(name: str, wanted: dict[str, str], pinned: dict[str, str]) -> Iterator[str]:
    for package, version in sorted(wanted.items()):
        if pinned.get(package) != version:
            yield f"{name}: {package} is {pinned.get(package, 'missing')}, not {version}; run script/lock"


def _pins(text: str) -> dict[str, str]:
    """Map each pinned package, its name normalized, to its version."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PINNED.findall(text)}
