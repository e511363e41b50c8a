"""The filters `date` and `time` of templates, on the country's clock (recovery_site.formats.clock)."""

from datetime import date, time
from typing import Any

from django import template
from django.template import defaultfilters

from recovery_site.formats import clock as formats_clock

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def on_the_clock(value: date | str | None, style: str | None = None) -> Any:
    """Django's `date`, on the country's clock."""
    return defaultfilters.date(value, formats_clock.on_the_clock(style))


@register.filter(name="time", expects_localtime=True, is_safe=False)
def time_on_the_clock(value: time | str | None, style: str | None = None) -> Any:
    """Django's `time`, on the country's clock."""
    return defaultfilters.time(value, formats_clock.on_the_clock(style))
