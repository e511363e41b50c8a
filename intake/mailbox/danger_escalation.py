"""Escalates a case when a later message mentions danger. Only raises priority; staff lower it."""

from django.utils import timezone

from intake.cases import events
from intake.models import Event, Inquiry
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import response_times


def escalate_if_dangerous(inquiry: Inquiry, urgency: Inquiry.Priority, reasons: list[str]) -> None:
    """Raise the case's priority to `urgency` for `reasons` (codes, as intake.assessment.priority returns them).

    Notifies the centre if it is dangerous. The caller holds the row lock.

    Danger notifies each time: an earlier message is no reason to think that somebody is looking now.
    """
    row = Inquiry.objects.defer("sealed").select_related("centre").get(pk=inquiry.pk)
    new = [reason for reason in reasons if reason not in row.priority_reasons]
    if urgency < row.priority or (new and urgency != Inquiry.Priority.NORMAL):
        if urgency < row.priority:
            row.priority = urgency
            _promise_sooner(row)
        row.priority_reasons = [*row.priority_reasons, *new]
        row.version += 1
        row.save(update_fields=["priority", "priority_reasons", "answer_by", "next_action_at", "version"])
        # Why describes the person: it stands in the column that erasing empties, not in an event, which stays.
        events.record(row, Event.Kind.MORE_URGENT, by="visitor", priority=row.priority)
    if urgency == Inquiry.Priority.DANGER:
        give_back_to_staff(row)
        outbox.enqueue(Kind.DANGER, inquiry=row)


def _promise_sooner(row: Inquiry) -> None:
    if row.first_response_at is not None:
        return
    sooner = response_times.response_due_at(row.centre, response_times.minutes_for(row.centre, row.priority), timezone.now())
    if sooner is not None and (row.answer_by is None or sooner < row.answer_by):
        row.answer_by = row.next_action_at = sooner


def give_back_to_staff(inquiry: Inquiry) -> None:
    """Put a case that waited for the visitor, or was closed, back among those that staff must act on."""
    rows = Inquiry.objects.filter(pk=inquiry.pk)
    rows.filter(state=Inquiry.State.WAITING).update(state=Inquiry.State.OPEN, next_action_at=timezone.now())
    closed, again = rows.filter(state=Inquiry.State.CLOSED), {"outcome": "", "closed_at": None, "next_action_at": timezone.now()}
    # What looked like spam was never anybody's: it is as new, and nobody's being on it is noticed.
    never_seen = closed.filter(outcome=Inquiry.Outcome.SPAM, claimed_by=None, first_response_at=None)
    if never_seen.update(state=Inquiry.State.NEW, **again) or closed.update(state=Inquiry.State.OPEN, **again):
        events.record(inquiry, Event.Kind.REOPENED, by="visitor")
