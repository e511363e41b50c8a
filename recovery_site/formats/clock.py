"""Times on the country's clock: they are written as "H:i", and people who use a 12-hour clock read "2:30 p.m."."""

from datetime import date

from django.conf import settings
from django.utils.formats import date_format

from recovery_site.formats import TWELVE_HOUR_COUNTRIES


def on_the_clock(style: str | None) -> str | None:
    """Return a format of Django's date filter with the country's clock. One for machines, with seconds or a T, stays as it is."""
    if style is None or settings.COUNTRY not in TWELVE_HOUR_COUNTRIES or not style.endswith("H:i") or "T" in style:
        return style
    return f"{style[: -len('H:i')]}g:i a"


def in_words(moment: date, style: str) -> str:
    """Return a moment in a format that ends in "H:i", on the country's clock and in the active language. Its zone is the moment's own."""
    return date_format(moment, on_the_clock(style))
