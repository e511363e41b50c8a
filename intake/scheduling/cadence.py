"""When to try again: the centre's rule, inside its opening hours and the person's safe times."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from intake.models import Inquiry
from intake.scheduling import safe_times
from intake.scheduling.opening_hours import CentreHours

SLOT = dt.timedelta(minutes=30)
LOOK_AHEAD = dt.timedelta(days=14)
# In danger the next try is this soon, rounded up to the next ROUND: 15 to 20 minutes.
IN_DANGER = dt.timedelta(minutes=15)
ROUND = dt.timedelta(minutes=5)
# How long after a reply somebody looks whether it was read.
LOOK_AGAIN = {Inquiry.Priority.DANGER: dt.timedelta(minutes=15), Inquiry.Priority.URGENT: dt.timedelta(hours=2)}


def exhausted(inquiry: Inquiry) -> bool:
    """Tell whether the centre's rule allows no further try: the person was never reached in all of them. Never in danger."""
    if inquiry.is_in_danger:
        return False
    return inquiry.first_contact_at is None and inquiry.attempts_made >= inquiry.centre.cadence_tries


def next_try(inquiry: Inquiry, tried_at: Iterable[dt.datetime], now: dt.datetime) -> dt.datetime | None:
    """Return when to try next, or None when the rule is used up, contact is not safe, or no time fits in two weeks.

    `tried_at` are the moments of the tries so far (aware). The tries are spread over the centre's days and, where the
    safe times allow it, over different parts of the day.

    In danger the centre's rule and opening hours don't apply, because whoever is on call goes on trying: the next try is in 15 to
    20 minutes, or when the person's next safe time begins.
    """
    if inquiry.is_in_danger:
        soon = now + IN_DANGER
        past = dt.timedelta(minutes=soon.minute % 5, seconds=soon.second, microseconds=soon.microsecond)
        return safe_times.next_safe_time(inquiry, soon + (ROUND - past if past else past))
    # The try that is being logged counts as one.
    made = inquiry.attempts_made + 1
    if inquiry.no_longer_safe or (inquiry.first_contact_at is None and made >= inquiry.centre.cadence_tries):
        return None
    prefetch_related_objects([inquiry.centre], "opening_hours", "holidays")
    zone = safe_times.their_zone(inquiry)
    used = {_part_of_day(moment.astimezone(zone)) for moment in [*tried_at, now]}
    gap = dt.timedelta(days=inquiry.centre.cadence_days) / max(1, inquiry.centre.cadence_tries)
    fitting = _slots(inquiry, now + gap / 2, now)
    first = None
    for slot in fitting:
        first = first or slot
        if slot - first > gap:
            break
        if _part_of_day(slot.astimezone(zone)) not in used:
            return slot
    return first


def next_look(inquiry: Inquiry, now: dt.datetime) -> dt.datetime | None:
    """Return when to look whether a reply was read; None for cases that are not urgent."""
    left_danger = inquiry.priority == Inquiry.Priority.DANGER and not inquiry.is_in_danger
    after = LOOK_AGAIN.get(Inquiry.Priority.URGENT if left_danger else Inquiry.Priority(inquiry.priority))
    return None if after is None else now + after


def _slots(inquiry: Inquiry, start: dt.datetime, now: dt.datetime) -> Iterable[dt.datetime]:
    """Yield the half hours from `start` on in which the person may be called and somebody is there to call."""
    slot = start.replace(minute=0 if start.minute < 30 else 30, second=0, microsecond=0) + SLOT
    hours = CentreHours(inquiry.centre)
    while slot < now + LOOK_AHEAD:
        if safe_times.is_safe_time(inquiry, slot) and (not hours or hours.is_open(slot)):
            yield slot
        slot += SLOT


def _part_of_day(local: dt.datetime) -> str:
    return "morning" if local.hour < 12 else "afternoon" if local.hour < 17 else "evening"
