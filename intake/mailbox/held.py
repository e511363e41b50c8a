"""Inquiries that look automatic (intake.assessment.spam): kept apart, and put into the queue as soon as a person is behind them.

They are stored and sealed like all others, promise nothing and notify nobody, until the form is sent again, the text turns out to be
urgent, or staff put them into the queue.
"""

import datetime as dt

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.scheduling import response_times

CHANGED = ("state", "outcome", "closed_at", "held_for", "answer_by", "next_action_at", "digested")


def release(inquiry: Inquiry, now: dt.datetime, *, by: User | str) -> None:
    """Put the inquiry into the queue as a new one: with the promise that its priority calls for from `now` on, and staff are notified.

    The caller holds the row lock. `by` is who said that a person wrote it.
    """
    if by == "visitor":
        # The staff server has to index it again: only what is in the queue is compared with the blocked contacts.
        inquiry.contact_digests.all().delete()
        inquiry.digested = False
    minutes = response_times.minutes_for(inquiry.centre, inquiry.priority)
    inquiry.state, inquiry.outcome, inquiry.closed_at, inquiry.held_for = Inquiry.State.NEW, "", None, None
    inquiry.answer_by = inquiry.next_action_at = response_times.response_due_at(inquiry.centre, minutes, now)
    inquiry.version += 1
    inquiry.save(update_fields=[*CHANGED, "version"])
    events.record(inquiry, Event.Kind.QUEUED, by=by)
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry)
