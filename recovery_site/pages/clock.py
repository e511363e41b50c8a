"""The clock of the country: times are written as "H:i", and readers where people use a 12-hour clock read "2:30 p.m."."""

from datetime import date, time
from typing import Any

from django import template
from django.conf import settings
from django.template import defaultfilters
from django.utils.formats import date_format

from recovery_site.formats import TWELVE_HOUR_COUNTRIES

register = template.Library()


def _on_the_clock(style: str | None) -> str | None:
    """Return a format of Django's date filter with the country's clock. One for machines, with seconds or a T, stays as it is."""
    if style is None or settings.COUNTRY not in TWELVE_HOUR_COUNTRIES or not style.endswith("H:i") or "T" in style:
        return style
    return f"{style[: -len('H:i')]}g:i a"


def in_words(moment: date, style: str) -> str:
    """Return a moment in a format that ends in "H:i", on the country's clock and in the active language. Its zone is the moment's own."""
    return date_format(moment, _on_the_clock(style))


@register.filter(name="date", expects_localtime=True, is_safe=False)
def on_the_clock(value: date | str | None, style: str | None = None) -> Any:
    """Django's `date`, on the country's clock."""
    return defaultfilters.date(value, _on_the_clock(style))


@register.filter(name="time", expects_localtime=True, is_safe=False)
def time_on_the_clock(value: time | str | None, style: str | None = None) -> Any:
    """Django's `time`, on the country's clock."""
    return defaultfilters.time(value, _on_the_clock(style))
