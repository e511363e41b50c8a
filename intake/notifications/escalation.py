"""Notifying the person on call of cases that nobody took in time. Unanswered cases of an owner: intake.triage.stalled."""

import datetime as dt

from django.db import transaction

from intake.cases import events
from intake.models import Event, Inquiry
from intake.notifications import outbox, recipients
from intake.notifications.kinds import Kind
from intake.scheduling import response_times


def escalate(now: dt.datetime) -> dict[str, int]:
    """Notify the person on call of each case that nobody took in time (housekeeping), once; return their number.

    Urgent cases count from their arrival, the others in the centre's open minutes. If nobody is on call the leads are
    notified, without leads everyone of the centre, and without anyone there the operators.
    """
    waiting = Inquiry.objects.filter(state=Inquiry.State.NEW, claimed_by=None, first_response_at=None, escalated_at=None)
    done = 0
    for inquiry in waiting.prefetch_related("centre__opening_hours", "centre__holidays").defer("sealed").order_by("received_at")[:500]:
        due = _escalation_due(inquiry)
        if due is None or due > now:
            continue
        with transaction.atomic():
            if not Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.NEW, claimed_by=None, escalated_at=None).update(
                escalated_at=now
            ):
                continue
            people = [person for person, _moment in recipients.recipients_for(inquiry, Kind.UNCLAIMED, now)]
            shared = recipients.shared_ways(inquiry.centre)
            outbox.enqueue(Kind.UNCLAIMED, inquiry=inquiry)
            if people or shared:
                events.record(inquiry, Event.Kind.ESCALATED, by="system", to=[person.pk for person in people], shared=shared)
            else:
                events.record(inquiry, Event.Kind.NOBODY_TOLD, by="system")
        done += 1
    return {"cases_escalated": done}


def _escalation_due(inquiry: Inquiry) -> dt.datetime | None:
    minutes = inquiry.centre.escalate_after_minutes
    if inquiry.priority != Inquiry.Priority.NORMAL:
        return inquiry.received_at + dt.timedelta(minutes=minutes)
    return response_times.response_due_at(inquiry.centre, minutes, inquiry.received_at)
