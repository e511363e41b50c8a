"""Escalates a case when a later message mentions danger. Words only raise the priority; staff lower it, or a sender who takes
their own tick back."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from intake.cases import danger, events, permissions
from intake.mailbox import held
from intake.models import Event, Inquiry
from intake.notifications import alarms
from intake.scheduling import response_times
from recovery_site.database import roles

# The reason of those who ticked "someone is in danger now" in the contact form.
OWN_FLAG = "danger_now"
AT_ONCE = 200  # cases in one round


def escalate_if_dangerous(inquiry: Inquiry, urgency: Inquiry.Priority, reasons: list[str]) -> None:
    """Raise the case's priority to `urgency` for `reasons` (codes, as intake.assessment.priority returns them).

    Danger rings staff (intake.notifications.alarms). The caller holds the row lock.

    While an alarm of the case is open, further danger only counts: it rings until somebody has it. After that danger rings
    again each time: an earlier message is no reason to think that somebody is looking now.
    """
    row = Inquiry.objects.defer("sealed").select_related("centre").get(pk=inquiry.pk)
    new = [reason for reason in reasons if reason not in row.priority_reasons]
    if urgency < row.priority or (new and urgency != Inquiry.Priority.NORMAL):
        if urgency < row.priority:
            row.priority = urgency
            response_times.promise_sooner(row, timezone.now())
        row.priority_reasons = [*row.priority_reasons, *new]
        row.version += 1
        row.save(update_fields=["priority", "priority_reasons", "answer_by", "next_action_at", "version"])
        # Why describes the person: it stands in the column that erasing empties, not in an event, which stays.
        events.record(row, Event.Kind.MORE_URGENT, by="visitor", priority=row.priority)
        if row.is_held:
            held.release(row, timezone.now(), by="system")
    if urgency == Inquiry.Priority.DANGER:
        danger.reopen(row, by="visitor")
        row.save(update_fields=danger.DANGER_FIELDS)
        give_back_to_staff(row)
        alarms.cry(row)


def take_back_own_flag(inquiry: Inquiry, urgency: Inquiry.Priority, reasons: Iterable[str]) -> None:
    """Undo "someone is in danger now" when its sender sent the form again without it: `urgency` and `reasons` are those of the new form.

    Only while the tick is all that made it dangerous: not after words of danger in either form or in a message, and not after staff
    judged. Caller holds the row lock.
    """
    rest = [reason for reason in inquiry.priority_reasons if reason != OWN_FLAG]
    judged = (Event.Kind.MORE_URGENT, Event.Kind.PRIORITY_CHANGED, Event.Kind.DANGER_RESOLVED, Event.Kind.PRESCREENED, Event.Kind.MERGED)
    if len(rest) == len(inquiry.priority_reasons) or not set(rest) <= set(reasons) or inquiry.events.filter(kind__in=judged).exists():
        return
    inquiry.priority, inquiry.priority_reasons = urgency, rest
    inquiry.version += 1
    inquiry.save(update_fields=["priority", "priority_reasons", "version"])
    events.record(inquiry, Event.Kind.LESS_URGENT, by="visitor", priority=urgency)


def give_back_to_staff(inquiry: Inquiry) -> None:
    """Put a case that waited for the visitor, or was closed, back among those that staff must act on."""
    rows = Inquiry.objects.filter(pk=inquiry.pk)
    row = rows.select_related("centre").filter(held_for__isnull=False).defer("sealed").first()
    if row is not None and row.is_held:
        held.release(row, timezone.now(), by="visitor")
        return
    rows.filter(state=Inquiry.State.WAITING).update(state=Inquiry.State.OPEN, next_action_at=timezone.now())
    closed, again = rows.filter(state=Inquiry.State.CLOSED), {"outcome": "", "closed_at": None, "next_action_at": timezone.now()}
    if closed.update(state=Inquiry.State.OPEN, **again):
        events.record(inquiry, Event.Kind.REOPENED, by="visitor")
        # The visitors' half can't see the other case. The staff's worker does it within a second.
        if not roles.is_restricted():
            _follow_the_merged(inquiry)


def follow_reopened(now: dt.datetime) -> dict[str, int]:
    """Undo the merging of the cases that visitors reopened on the other half (worker and housekeeping). Idle, it is one query."""
    reopened = Inquiry.objects.filter(merged_into__isnull=False).exclude(state=Inquiry.State.CLOSED)
    keys = list(reopened.values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        with transaction.atomic():
            _follow_the_merged(Inquiry.objects.select_for_update().defer("sealed").get(pk=key))
    return {"merged_cases_reopened": len(keys)}


def _follow_the_merged(inquiry: Inquiry) -> None:
    """Undo the merging of a case that the visitor reopened, and give it to whoever has the case that it was merged into.

    They know the person, and are told of the message as its owner. Does nothing for a case that isn't merged.
    """
    row = Inquiry.objects.select_related("merged_into").defer("sealed", "merged_into__sealed").get(pk=inquiry.pk)
    into, seen = row.merged_into, {row.pk}
    if into is None:
        return
    events.record(into, Event.Kind.UNMERGED, by="visitor", duplicate=row.reference)
    while into.merged_into is not None and into.pk not in seen:
        seen.add(into.pk)
        into = into.merged_into
    row.merged_into = None
    owner = into.claimed_by
    if owner is not None and permissions.may(owner, "open_case", row):
        row.claimed_by, row.claimed_at = owner, timezone.now()
        events.record(row, Event.Kind.ASSIGNED, by="system", to=owner.pk)
    row.save(update_fields=["merged_into", "claimed_by", "claimed_at"])
