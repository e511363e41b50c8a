"""Time zones to choose from: one that doesn't exist can't be typed."""

from zoneinfo import available_timezones


def choices(*more: str) -> list[tuple[str, str]]:
    """Return the zones named after a place, and those named in `more`, as choices of a form."""
    return [(name, name) for name in sorted(available_timezones()) if "/" in name or name in more]
