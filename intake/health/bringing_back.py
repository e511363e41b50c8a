"""What was written by a clock that was ahead, brought back to now once the clock is right: else it would be silent until then."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from intake.mailbox import sessions
from intake.models import Alarm, Heartbeat, Inquiry, MailboxSession, Message, Notification
from intake.notifications import alarms, channels
from intake.notifications.kinds import Kind
from intake.scheduling import response_times
from intake.scheduling.clock import CLOCKS_DIFFER

logger = logging.getLogger(__name__)

AT_ONCE = 500  # rows of one kind in one round


def bring_back(now: dt.datetime) -> dict[str, int]:
    """Bring back notifications, alarms, inquiries that wait for an answer, replies that aren't shown yet, open mailboxes and signs of
    life (housekeeping); return their numbers.

    Six queries while there is nothing of the future. If this clock is behind and the other one was right, some are sent too early.
    """
    counts = {
        "notifications_brought_back": _notifications(now),
        "alarms_brought_back": _alarms(now),
        "inquiries_brought_back": _inquiries(now),
        "replies_brought_back": _replies(now),
        "mailboxes_brought_back": _mailboxes(now),
        "signs_of_life_brought_back": _signs_of_life(now),
    }
    brought = {what: count for what, count in counts.items() if count}
    if brought:
        logger.warning("Written by a clock that was ahead, and brought back: %s", brought)
    return counts


def _notifications(now: dt.datetime) -> int:
    """Schedule pending notifications anew, as if they had been written now."""
    ahead = Notification.objects.filter(state=Notification.State.PENDING, scheduled_at__gt=now + CLOCKS_DIFFER)
    rows = list(ahead.select_related("inquiry__centre", "recipient").order_by("priority", "pk")[:AT_ONCE])
    for row in rows:
        ahead.filter(pk=row.pk).update(next_attempt_at=_not_before(row, now), scheduled_at=now, happened_at=Least(F("happened_at"), now))
    return len(rows)


def _not_before(row: Notification, now: dt.datetime) -> dt.datetime:
    """Return from when on the recipient of `row` is told: their quiet hours count, as the channel knows them."""
    if row.channel == channels.ALL or row.recipient is None:
        return now
    for recipient in channels.get(row.channel).recipients(row.inquiry, Kind(row.kind), now):
        if recipient.user == row.recipient:
            return max(recipient.not_before or now, now)
    return now


def _alarms(now: dt.datetime) -> int:
    """Let open alarms ring now. What staff do about the case from now on ends them."""
    ahead = Alarm.objects.filter(acknowledged_at=None, next_ring_at__gt=now + alarms.REPEAT + CLOCKS_DIFFER)
    return ahead.update(next_ring_at=now, opened_at=Least(F("opened_at"), now))


def _inquiries(now: dt.datetime) -> int:
    """Let inquiries that nobody answered have arrived now, and promise an answer from now on: else nobody would be called for them."""
    ahead = Inquiry.objects.filter(received_at__gt=now + CLOCKS_DIFFER, state=Inquiry.State.NEW, first_response_at=None)
    rows = list(ahead.defer("sealed").select_related("centre").order_by("pk")[:AT_ONCE])
    for inquiry in rows:
        minutes = response_times.minutes_for(inquiry.centre, inquiry.priority)
        answer_by = response_times.response_due_at(inquiry.centre, minutes, now) if inquiry.answer_by else None
        with transaction.atomic():
            ahead.filter(pk=inquiry.pk).update(
                received_at=now, answer_by=answer_by, next_action_at=answer_by, escalated_at=None, version=F("version") + 1
            )
    return len(rows)


def _replies(now: dt.datetime) -> int:
    """Show replies that could be taken back until a moment of the wrong clock. Their ids are the newest, as they begin with its time."""
    newest = Message.objects.order_by("-pk").values("pk")[:AT_ONCE]
    ahead = Message.objects.filter(pk__in=list(newest.values_list("pk", flat=True)), visible_from__gt=now + CLOCKS_DIFFER)
    return ahead.update(visible_from=now, sent_at=Least(F("sent_at"), now))


def _mailboxes(now: dt.datetime) -> int:
    """Let mailboxes that are open close when nobody reads in them any more."""
    return MailboxSession.objects.filter(expires_at__gt=now + sessions.IDLE + CLOCKS_DIFFER).update(expires_at=now + sessions.IDLE)


def _signs_of_life(now: dt.datetime) -> int:
    """Let each part have been at work now. Not the hourly check: it is made again at once, as it blames much on a clock that was wrong."""
    ahead = Heartbeat.objects.filter(at__gt=now + CLOCKS_DIFFER)
    return ahead.exclude(part__in=[Heartbeat.Part.CLOCK, Heartbeat.Part.DOCTOR]).update(at=now)
