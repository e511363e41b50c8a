"""Forgetting closed cases: each centre says for each outcome after how many days what was said is destroyed."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from intake.models import Inquiry, RetentionRule
from intake.retention import erasure

AT_ONCE = 200  # cases a round of housekeeping


def due(rule: RetentionRule, now: dt.datetime) -> QuerySet[Inquiry]:
    """Return the closed cases that `rule` says are to be erased at `now`; never one whose visitor wrote unread words.

    Nor one that was merged into a case that is still open: its words, and the receipt that the person may hold, belong to that one.
    """
    return Inquiry.objects.filter(
        centre_id=rule.centre_id,
        outcome=rule.outcome,
        state=Inquiry.State.CLOSED,
        erased_at=None,
        has_unread_message=False,
        closed_at__lte=now - dt.timedelta(days=rule.days),
    ).exclude(pk__in=Inquiry.objects.filter(merged_into__isnull=False).exclude(merged_into__state=Inquiry.State.CLOSED).values("pk"))


def erases_on(inquiry: Inquiry) -> dt.datetime | None:
    """Return when a closed case will be erased; None while it is open, is erased already, or no rule holds."""
    if inquiry.closed_at is None or inquiry.erased_at is not None:
        return None
    if inquiry.merged_into is not None and inquiry.merged_into.state != Inquiry.State.CLOSED:
        return None
    rule = RetentionRule.objects.filter(centre_id=inquiry.centre_id, outcome=inquiry.outcome).first()
    return None if rule is None else inquiry.closed_at + dt.timedelta(days=rule.days)


def run(now: dt.datetime) -> dict[str, int]:
    """Erase what is due, AT_ONCE cases at most (housekeeping); return the count. Each is a transaction of its own."""
    erased = 0
    for rule in RetentionRule.objects.order_by("pk"):
        for pk in list(due(rule, now).order_by("closed_at").values_list("pk", flat=True)[: AT_ONCE - erased]):
            with transaction.atomic():
                # Locked and looked at again: it may have been reopened, or the visitor may have written, a moment ago.
                inquiry = due(rule, now).select_for_update().filter(pk=pk).first()
                if inquiry is not None:
                    erasure.erase_content(inquiry, now, by="policy")
                    erased += 1
    return {"closed_cases_erased": erased}
