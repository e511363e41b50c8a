"""Times as people at a centre, and the visitors who wait for them, read them off a clock."""

import datetime as dt

from django import template

from intake.mailbox.status_texts import clock_words
from intake.models import Centre
from intake.scheduling import response_times

register = template.Library()
register.filter(clock_words)


@register.filter
def at_centre(moment: dt.datetime, centre: Centre) -> str:
    """Return `moment` on the clock of `centre`, in the active language: "Monday, November 23, 12:19 p.m."."""
    return clock_words(response_times.there(centre, moment) or moment)
