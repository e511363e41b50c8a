"""Validates structured data against schema.org's vocabulary."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import msgspec_schemaorg.models as schema

# The package knows only one parent per type; a local business has these two.
MORE_PARENTS = {"MedicalBusiness": ("Place",)}
WHEN = {"date": dt.date.fromisoformat, "datetime": dt.datetime.fromisoformat, "time": dt.time.fromisoformat}
ENUMERATIONS = {"DayOfWeek"}  # its members are addresses of schema.org
YEAR = re.compile(r"\d{4}")  # ISO 8601 allows a date to be no more exact than that


def mistakes(thing: dict[str, Any]) -> list[str]:
    """Return one line for each type, property or value that schema.org doesn't define there."""
    return list(_mistakes(thing))


def _mistakes(thing: dict[str, Any]) -> Iterator[str]:
    kind = thing.get("@type", "")
    if not hasattr(schema, kind):
        yield f"no type {kind!r}"
        return
    known = _properties(kind)
    for name, value in thing.items():
        if name.startswith("@"):
            continue
        if name not in known:
            yield f"{kind} has no {name}"
            continue
        allowed = set(re.findall(r"\w+", known[name])) - {"Union", "List", "None"}
        for item in value if isinstance(value, list) else [value]:
            if not _fits(item, allowed):
                yield f"{kind}.{name} can't be {item!r}, but {', '.join(sorted(allowed))}"
            if isinstance(item, dict):
                yield from _mistakes(item)


def _properties(kind: str) -> dict[str, str]:
    properties: dict[str, str] = {}
    for name in (kind, *MORE_PARENTS.get(kind, ())):
        for parent in getattr(schema, name).__mro__:
            for known, allowed in getattr(parent, "__annotations__", {}).items():
                properties.setdefault(known, str(allowed))
    return properties


def _fits(value: Any, allowed: set[str]) -> bool:
    if isinstance(value, dict):
        parents = getattr(schema, value.get("@type", ""), object).__mro__
        return bool(allowed & {parent.__name__ for parent in parents})
    if isinstance(value, bool):
        return "bool" in allowed
    if not isinstance(value, str):
        return bool(allowed & {"int", "float"})
    if "str" in allowed:
        return True
    if "URL" in allowed:
        return value.startswith(("http://", "https://"))
    if allowed & ENUMERATIONS:
        return value.removeprefix("https://schema.org/") in calendar.day_name
    for name in allowed & set(WHEN):
        if YEAR.fullmatch(value):
            return True
        try:
            WHEN[name](value)
        except ValueError:
            continue
        return True
    return False
