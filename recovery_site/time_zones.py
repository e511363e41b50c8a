"""Choices for time zone fields."""

from zoneinfo import available_timezones


def choices(*more: str) -> list[tuple[str, str]]:
    """Return the time zones named after a place, and those in `more`, as form choices."""
    return [(name, name) for name in sorted(available_timezones()) if "/" in name or name in more]
