"""A case that somebody took and did not answer goes back to everybody."""

import datetime as dt

from django.db import transaction

from intake.cases import events
from intake.models import Event, Inquiry, QueueRank
from intake.triage import base, claims

# After the promise has passed; an attempt or a reply stops the clock.
GRACE = dt.timedelta(minutes=30)
AT_ONCE = 200  # cases a round of housekeeping


def give_back(now: dt.datetime) -> dict[str, int]:
    """Take cases whose promise passed unanswered from the people who have them (housekeeping); return the count."""
    stalled = Inquiry.objects.filter(
        queue_rank__in=(QueueRank.DANGER, QueueRank.PROMISED), claimed_by__isnull=False, first_response_at=None, due_at__lte=now - GRACE
    ).exclude(claimed_at__gt=now - GRACE)
    given_back = 0
    for pk in list(stalled.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            inquiry = stalled.select_for_update().filter(pk=pk).first()
            if inquiry is None:
                continue
            owner = inquiry.claimed_by_id
            claims.unassign(inquiry)
            base.save_new_version(inquiry, *claims.OWNER_FIELDS)
            events.record(inquiry, Event.Kind.RELEASED, by="system", owner=owner, why="stalled")
            given_back += 1
    return {"stalled_cases_given_back": given_back}
