"""Counts readers' answers to “Was this helpful?”."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from articles.models import Guide, HelpfulCount


@transaction.atomic
def count(guide: Guide, *, helpful: bool, today: dt.date) -> None:
    """Count one answer for the month of `today`. Repeated answers are counted too: this is a hint, not a vote."""
    row, _created = HelpfulCount.objects.get_or_create(guide=guide, month=today.replace(day=1))
    column = "yes" if helpful else "no"
    HelpfulCount.objects.filter(pk=row.pk).update(**{column: F(column) + 1})
