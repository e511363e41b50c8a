"""When an answer is due, and how long it took: minutes counted in a centre's opening hours."""

import datetime as dt
from zoneinfo import ZoneInfo

from intake.models import Centre, Inquiry
from intake.scheduling.opening_hours import CentreHours

# What record_response and record_contact set: verbs store these fields.
RESPONSE_FIELDS = ("first_response_at", "response_minutes")
CONTACT_FIELDS = ("first_contact_at", "contact_minutes")


def minutes_for(centre: Centre, priority: int) -> int:
    """Return how many open minutes `centre` allows itself for an inquiry of `priority`."""
    return centre.promise_minutes if priority == Inquiry.Priority.NORMAL else centre.urgent_promise_minutes


def response_due_at(centre: Centre, minutes: int, start: dt.datetime) -> dt.datetime | None:
    """Return when an inquiry received at `start` is to be answered, or None when the centre is not open long enough in two weeks.

    Only minutes while the centre is open count, in its own time zone, so a promise made at night starts at opening.
    """
    return CentreHours(centre).after(minutes, start)


def record_response(inquiry: Inquiry, now: dt.datetime) -> None:
    """Set when the inquiry was first answered and how many open minutes that took, unless it was answered before.

    The caller stores RESPONSE_FIELDS. Two queries, for hours and holidays, the first time; none later.
    """
    if inquiry.first_response_at is None:
        inquiry.first_response_at = now
        inquiry.response_minutes = _open_minutes(inquiry, now)


def record_contact(inquiry: Inquiry, now: dt.datetime) -> None:
    """Set when the person was first reached and how many open minutes that took, unless they were reached before.

    The caller stores CONTACT_FIELDS.
    """
    if inquiry.first_contact_at is None:
        inquiry.first_contact_at = now
        inquiry.contact_minutes = _open_minutes(inquiry, now)


def promise_sooner(inquiry: Inquiry, now: dt.datetime) -> None:
    """Move the promised time forward to what the inquiry's priority calls for from `now` on, if that is earlier.

    Does nothing after the first answer. The caller stores answer_by and next_action_at.
    """
    if inquiry.first_response_at is not None:
        return
    sooner = response_due_at(inquiry.centre, minutes_for(inquiry.centre, inquiry.priority), now)
    if sooner is not None and (inquiry.answer_by is None or sooner < inquiry.answer_by):
        inquiry.answer_by = inquiry.next_action_at = sooner


def at_centre(centre: Centre, moment: dt.datetime | None) -> dt.datetime | None:
    """Return `moment` in the time zone of `centre`; None stays None."""
    return moment.astimezone(ZoneInfo(centre.time_zone)) if moment else None


def _open_minutes(inquiry: Inquiry, until: dt.datetime) -> int:
    return round(CentreHours(inquiry.centre).minutes_between(inquiry.received_at, until))
