"""The review intervals of guides."""

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
    """Return the same day `months` later, or the last day of that month if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_review(guide: Guide, reviewed_on: dt.date) -> dt.date:
    """Return the date by which `guide` must be reviewed again.

    The date is up to twelve weeks earlier than its kind requires, depending on the primary key, so that guides published
    on the same day don't all become due on the same day.
    """
    shift = (guide.pk * 11) % STAGGER_DAYS
    return add_months(reviewed_on, MONTHS[Guide.Kind(guide.kind)]) - dt.timedelta(days=shift)
