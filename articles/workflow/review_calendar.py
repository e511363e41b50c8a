"""When a guide has to be reviewed again."""

import calendar
import datetime as dt

from articles.models import Guide

MONTHS = {
    Guide.Kind.WITHDRAWAL: 12,
    Guide.Kind.SAFETY: 12,
    Guide.Kind.LAW: 12,
    Guide.Kind.HELPLINES: 12,
    Guide.Kind.TREATMENT: 24,
    Guide.Kind.GENERAL: 36,
}
STAGGER_DAYS = 84


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day `months` later; the last day of the month where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_review(guide: Guide, reviewed_on: dt.date) -> dt.date:
    """Return the day by which `guide` must be reviewed again.

    Up to twelve weeks earlier than its kind allows, by the guide's number: guides published on one day don't all fall
    due on one day. The same guide always gets the same shift.
    """
    shift = (guide.pk * 11) % STAGGER_DAYS
    return add_months(reviewed_on, MONTHS[Guide.Kind(guide.kind)]) - dt.timedelta(days=shift)
