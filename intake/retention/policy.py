"""The rules of keeping: which closed cases are due to be erased, the times that we recommend, and cases that never end."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Centre, Event, Inquiry, QueueRank, RetentionRule
from intake.retention import holds

# Days by outcome; the reasons are in docs/operations.md, "Keeping and erasing".
RECOMMENDED = {
    RetentionRule.Outcome.WITHDRAWN: 14,
    RetentionRule.Outcome.SPAM: 30,
    RetentionRule.Outcome.DUPLICATE: 90,
    RetentionRule.Outcome.NO_CONTACT: 180,
    RetentionRule.Outcome.INFORMED: 365,
    RetentionRule.Outcome.DECLINED: 365,
    RetentionRule.Outcome.REFERRED: 730,
    RetentionRule.Outcome.ADMITTED: 2192,
}
# Leads are told of cases that are open for longer: no rule applies to them before somebody says how they ended.
OPEN_FOR_LONG = dt.timedelta(days=365)


def due(rule: RetentionRule, now: dt.datetime) -> QuerySet[Inquiry]:
    """Return the closed cases that are to be erased by `rule` at `now`.

    Cases with an unread message or under a legal hold are left out, and those merged into a case that is still open: their messages
    and receipts belong to that case.
    """
    return (
        Inquiry.objects.filter(
            centre_id=rule.centre_id,
            outcome=rule.outcome,
            state=Inquiry.State.CLOSED,
            erased_at=None,
            has_unread_message=False,
            closed_at__lte=now - dt.timedelta(days=rule.days),
        )
        .exclude(pk__in=Inquiry.objects.filter(merged_into__isnull=False).exclude(merged_into__state=Inquiry.State.CLOSED).values("pk"))
        .exclude(holds.is_held())
    )


def erases_on(inquiry: Inquiry) -> dt.datetime | None:
    """Return when a closed case will be erased, or None if it is open, erased already or under a hold, or no rule applies."""
    if inquiry.closed_at is None or inquiry.erased_at is not None:
        return None
    if inquiry.merged_into is not None and inquiry.merged_into.state != Inquiry.State.CLOSED:
        return None
    rule = RetentionRule.objects.filter(centre_id=inquiry.centre_id, outcome=inquiry.outcome).first()
    return None if rule is None or holds.held(inquiry) else inquiry.closed_at + dt.timedelta(days=rule.days)


def without_rules(centres: QuerySet[Centre]) -> QuerySet[Centre]:
    """Return those of `centres` that have no rule at all, so that nothing of theirs is ever erased."""
    return centres.exclude(pk__in=RetentionRule.objects.values("centre"))


@transaction.atomic
def use_recommended(centre: Centre, *, by: User | str) -> list[RetentionRule]:
    """Give `centre` the recommended rule for each outcome that has none yet; return the new ones."""
    had = set(RetentionRule.objects.filter(centre=centre).values_list("outcome", flat=True))
    wanted = [RetentionRule(centre=centre, outcome=outcome, days=days) for outcome, days in RECOMMENDED.items() if outcome not in had]
    rules = RetentionRule.objects.bulk_create(wanted)
    if rules:
        events.record_beside_cases(Event.Kind.SETTINGS_CHANGED, by=by, centre_id=centre.pk, what="retention", why="recommended")
    return rules


def open_for_long(centres: QuerySet[Centre] | list[int], now: dt.datetime | None = None) -> QuerySet[Inquiry]:
    """Return the cases of `centres` that are open for longer than OPEN_FOR_LONG. They are never erased while they are open."""
    since = (now or timezone.now()) - OPEN_FOR_LONG
    return Inquiry.objects.filter(centre__in=centres, queue_rank__lt=QueueRank.CLOSED, received_at__lt=since)
