"""Cases that would come to rest: released when their owners don't answer in time, brought back when a reply isn't read."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from intake.cases import events
from intake.models import Event, Inquiry, Message, QueueRank
from intake.triage import base, claims

# How long after the response deadline, and after claiming, a case is released.
GRACE = dt.timedelta(minutes=30)
AT_ONCE = 200  # cases per run


def give_back(now: dt.datetime) -> dict[str, int]:
    """Release the claimed cases whose response deadline passed without an answer (periodic job); return their number."""
    stalled = Inquiry.objects.filter(
        queue_rank__in=(QueueRank.DANGER, QueueRank.PROMISED), claimed_by__isnull=False, first_response_at=None, due_at__lte=now - GRACE
    ).exclude(claimed_at__gt=now - GRACE)
    released = 0
    for pk in list(stalled.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            inquiry = stalled.select_for_update().filter(pk=pk).first()
            if inquiry is None:
                continue
            owner = inquiry.claimed_by_id
            claims.unassign(inquiry)
            base.save_new_version(inquiry, *claims.OWNER_FIELDS)
            events.record(inquiry, Event.Kind.RELEASED, by="system", owner=owner, why="stalled")
            released += 1
    return {"stalled_cases_given_back": released}


def return_unread(now: dt.datetime) -> dict[str, int]:
    """Bring back urgent cases whose reply nobody has read when the look at them is due (periodic job); return their number."""
    unread_reply = Message.objects.filter(inquiry=OuterRef("pk"), sender=Message.Sender.STAFF, read_at=None)
    due = Inquiry.objects.filter(
        Exists(unread_reply),
        queue_rank__in=(QueueRank.DANGER, QueueRank.FOLLOW_UP),
        due_at__lte=now,
        state=Inquiry.State.WAITING,
        priority__lte=Inquiry.Priority.URGENT,
    )
    returned = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            inquiry = due.select_for_update(of=("self",)).filter(pk=pk).first()
            if inquiry is None:
                continue
            inquiry.state = Inquiry.State.OPEN
            base.save_new_version(inquiry, "state")
            events.record(inquiry, Event.Kind.REPLY_UNREAD, by="system")
            returned += 1
    return {"unread_replies_brought_back": returned}
