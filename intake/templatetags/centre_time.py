"""Times as people at a centre, and the visitors who wait for them, read them off a clock."""

from datetime import datetime

from django import template
from django.utils import formats

from intake import promises
from intake.models import Centre

register = template.Library()


@register.filter
def at_centre(moment: datetime, centre: Centre) -> str:
    """Return `moment` on the clock of `centre`, in the active language: "Monday, November 23, 12:19 p.m."."""
    return clock_words(promises.there(centre, moment) or moment)


# Not Django's own `date` filter: that one turns every moment to the server's time zone first.
@register.filter
def clock_words(local: datetime) -> str:
    """Return weekday, day and time of `local` as it stands, whatever time zone it is in, in the active language."""
    parts = (formats.date_format(local, wanted) for wanted in ("l", "MONTH_DAY_FORMAT", "TIME_FORMAT"))
    return ", ".join(parts)
