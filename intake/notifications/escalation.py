"""Telling the person on call of cases that nobody took in time."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Membership
from intake.notifications import outbox
from intake.notifications.recipients import members_to_notify, on_call
from intake.scheduling import response_times


def escalate(now: dt.datetime) -> dict[str, int]:
    """Tell the person on call of each case that nobody took in time (housekeeping), once; return their number.

    Urgent cases count from their arrival, the others in the centre's open minutes. With nobody on call the leads are told,
    and without leads everyone of the centre.
    """
    waiting = Inquiry.objects.filter(state=Inquiry.State.NEW, claimed_by=None, first_response_at=None, escalated_at=None)
    done = 0
    for inquiry in waiting.prefetch_related("centre__opening_hours").defer("sealed").order_by("received_at")[:500]:
        due = _escalation_due(inquiry)
        if due is None or due > now:
            continue
        with transaction.atomic():
            if not Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.NEW, claimed_by=None, escalated_at=None).update(
                escalated_at=now
            ):
                continue
            people = _last_resort(inquiry, now)
            for person in people:
                outbox.enqueue("unclaimed", inquiry=inquiry, channel="person", to=person)
            events.record(inquiry, Event.Kind.ESCALATED, by="system", to=[person.pk for person in people])
        done += 1
    return {"cases_escalated": done}


def _escalation_due(inquiry: Inquiry) -> dt.datetime | None:
    minutes = inquiry.centre.escalate_after_minutes
    if inquiry.priority != Inquiry.Priority.NORMAL:
        return inquiry.received_at + dt.timedelta(minutes=minutes)
    return response_times.answer_by(inquiry.centre, minutes, inquiry.received_at)


def _last_resort(inquiry: Inquiry, now: dt.datetime) -> list[User]:
    people = list(on_call(inquiry.centre, now).exclude(recusals__inquiry=inquiry))
    if people:
        return people
    members = list(members_to_notify(inquiry))
    return [member.user for member in members if member.role == Membership.Role.LEAD] or [member.user for member in members]
