"""Erasure of closed cases by the retention rules of their centres."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from intake.models import Inquiry, RetentionRule
from intake.retention import erasure

AT_ONCE = 200  # cases per run


def due(rule: RetentionRule, now: dt.datetime) -> QuerySet[Inquiry]:
    """Return the closed cases that are to be erased by `rule` at `now`.

    Cases with an unread message are left out, as are those merged into a case that is still open: their messages and
    receipts belong to that case.
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
    """Return when a closed case will be erased, or None if it is open or erased already or no rule applies."""
    if inquiry.closed_at is None or inquiry.erased_at is not None:
        return None
    if inquiry.merged_into is not None and inquiry.merged_into.state != Inquiry.State.CLOSED:
        return None
    rule = RetentionRule.objects.filter(centre_id=inquiry.centre_id, outcome=inquiry.outcome).first()
    return None if rule is None else inquiry.closed_at + dt.timedelta(days=rule.days)


def run(now: dt.datetime) -> dict[str, int]:
    """Erase the cases that are due, at most AT_ONCE, each in its own transaction (periodic job); return their number."""
    erased = 0
    for rule in RetentionRule.objects.order_by("pk"):
        for pk in list(due(rule, now).order_by("closed_at").values_list("pk", flat=True)[: AT_ONCE - erased]):
            with transaction.atomic():
                # Check again with the row locked: the case may have been reopened or received a message meanwhile.
                inquiry = due(rule, now).select_for_update().filter(pk=pk).first()
                if inquiry is not None:
                    erasure.erase_content(inquiry, now, by="policy")
                    erased += 1
    return {"closed_cases_erased": erased}
