"""Alarms: someone may be in danger, and staff are rung every five minutes, more of them each time, until one says "I have it".

Opening, ringing and acknowledging are one transaction each, with the rows of the inquiry and then of the alarm locked (always in this
order, so that no two wait for each other). So any number of workers may ring, and one that is killed in the middle has done nothing yet:
the next one does it.
"""

import datetime as dt
import enum
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.models import Alarm, Event, Inquiry, Notification, QueueRank
from intake.notifications import alarm_links, outbox, recipients
from intake.notifications.kinds import Kind
from recovery_site.database import roles

REPEAT = dt.timedelta(minutes=5)
# Who says "I have it" by the link and doesn't open the case in this time has perhaps fallen asleep: it rings again.
UNOPENED = dt.timedelta(minutes=15)
AT_ONCE = 200  # alarms rung in one call
# Events of staff on the case that end its alarm: the person who made one is looking at the case.
HAS_IT = (
    Event.Kind.CLAIMED,
    Event.Kind.ASSIGNED,
    Event.Kind.ATTEMPTED,
    Event.Kind.REPLIED,
    Event.Kind.DISCLOSED,
    Event.Kind.EMERGENCY_CALLED,
    Event.Kind.DANGER_RESOLVED,
    Event.Kind.CLOSED,
    Event.Kind.MERGED,
)
# What a person does about a case without opening it.
NOT_LOOKED = (Event.Kind.ACKNOWLEDGED, Event.Kind.FOUND, Event.Kind.EXPORTED)


class Answer(enum.Enum):
    """What became of pressing a link."""

    THANKS = "you have it"
    SOMEBODY_ELSE = "somebody else was first"
    DEAD = "the link is unknown, expired or of an alarm that is over"


def cry(inquiry: Inquiry, now: dt.datetime | None = None) -> Alarm:
    """Open an alarm for a case in which danger was written of, or count this in the one that is open.

    Call it in the transaction that stores the words, with the inquiry's row locked or new. Opening rings at once; a further cry
    rings nobody, because the alarm goes on by itself.
    """
    now = now or timezone.now()
    alarm = open_alarm(inquiry)
    if alarm is not None and not _settle(alarm, now):
        Alarm.objects.filter(pk=alarm.pk).update(cries=F("cries") + 1)
        return alarm
    alarm = Alarm.objects.create(inquiry=inquiry, opened_at=now, next_ring_at=now)
    # The visitors' half doesn't know whom to ring. It is due: the staff's worker rings within a second.
    if not roles.is_restricted():
        _ring(alarm, now)
    return alarm


def open_alarm(inquiry: Inquiry) -> Alarm | None:
    """Return the open alarm of a case, or None."""
    return Alarm.objects.filter(inquiry=inquiry, acknowledged_at=None).select_related("inquiry__centre").first()


def unanswered() -> QuerySet[Alarm]:
    """Return the open alarms of open cases that nobody works on since: the others end at their next ring, and nobody is to come."""
    step = Event.objects.filter(inquiry=OuterRef("inquiry"), kind__in=HAS_IT, actor__isnull=False, at__gte=OuterRef("opened_at"))
    return Alarm.objects.filter(~Exists(step), acknowledged_at=None).exclude(inquiry__state=Inquiry.State.CLOSED)


def start_over(inquiry: Inquiry, now: dt.datetime) -> None:
    """Ring from the first circle on: the case came to another centre, where nobody has heard of it. Caller holds the inquiry's row."""
    alarm = open_alarm(inquiry)
    if alarm is None or _settle(alarm, now):
        cry(inquiry, now)
        return
    alarm.rings = 0
    _ring(alarm, now)


def names_told(alarm: Alarm) -> list[str]:
    """Return the names of those whom this alarm rang, those who heard first at the front, and shared ways last. Two queries."""
    rung = list(alarm.inquiry.events.filter(kind=Event.Kind.RUNG, at__gte=alarm.opened_at))
    keys = list(dict.fromkeys(key for event in rung for key in event.data["to"]))
    people = User.objects.in_bulk(keys)
    names = [people[key].shown_name for key in keys if key in people]
    return [*names, _("a shared address or a webhook")] if any(event.data.get("shared") for event in rung) else names


def ring_due(now: dt.datetime) -> dict[str, int]:
    """Ring for each open alarm whose time has come (worker and housekeeping); return how many were rung. Idle, it is one query.

    One that never rang is due even if the clock of the visitors' server, which opened it, is ahead of this one's.
    """
    rung = 0
    due = Alarm.objects.filter(Q(next_ring_at__lte=now) | Q(rings=0), acknowledged_at=None).order_by("next_ring_at")
    for key, inquiry_id in due.values_list("pk", "inquiry_id")[:AT_ONCE]:
        with transaction.atomic():
            alarm = _locked(key, inquiry_id)
            if alarm.acknowledged_at or (alarm.next_ring_at > now and alarm.rings) or _settle(alarm, now):
                continue
            _ring(alarm, now)
        rung += 1
    return {"alarms_rung": rung}


def ring_again(now: dt.datetime) -> dict[str, int]:
    """Ring for the cases that nobody opened although somebody said "I have it" by a link, UNOPENED ago (housekeeping).

    The new alarm goes on with the circle after the last one. Returns how many were rung. On the case, "I have it" is opening it.
    """
    looked = Event.objects.filter(inquiry=OuterRef("inquiry"), actor__isnull=False, at__gte=OuterRef("opened_at"))
    later = Alarm.objects.filter(inquiry=OuterRef("inquiry"), opened_at__gt=OuterRef("opened_at"))
    left = Alarm.objects.filter(
        ~Exists(looked.exclude(kind__in=NOT_LOOKED)),
        ~Exists(later),
        inquiry__queue_rank=QueueRank.DANGER,
        acknowledged_at__lte=now - UNOPENED,
        via=Alarm.Via.LINK,
    )
    rung = 0
    for key, inquiry_id in left.values_list("pk", "inquiry_id")[:AT_ONCE]:
        with transaction.atomic():
            before = _locked(key, inquiry_id)
            if not left.filter(pk=key).exists():
                continue
            alarm = Alarm.objects.create(inquiry=before.inquiry, opened_at=now, next_ring_at=now, rings=before.rings)
            _ring(alarm, now, why="unopened")
        rung += 1
    return {"unopened_cases_rung_again": rung}


def _locked(key: int, inquiry_id: UUID) -> Alarm:
    """Return an alarm with its inquiry and centre; the rows of both, the inquiry's first, are locked."""
    inquiry = Inquiry.objects.select_for_update(of=("self",)).defer("sealed").select_related("centre").get(pk=inquiry_id)
    alarm = Alarm.objects.select_for_update().get(pk=key)
    alarm.inquiry = inquiry
    return alarm


def _ring(alarm: Alarm, now: dt.datetime, **more: str) -> None:
    """Tell the people of the first circles, and record whom, with `more` codes; the caller has the alarm's row."""
    alarm.rings += 1
    alarm.next_ring_at = now + REPEAT
    alarm.save(update_fields=["rings", "next_ring_at"])
    inquiry = alarm.inquiry
    # What an earlier ring could not send yet (a mail server that is away) is replaced by this one, so that nobody gets all at once.
    _take_back(inquiry)
    people = recipients.alarm_recipients(inquiry, now)
    outbox.enqueue(Kind.DANGER, inquiry=inquiry)
    shared = recipients.shared_ways(inquiry.centre)
    if people or shared:
        told = [person.pk for person in people]
        events.record(inquiry, Event.Kind.RUNG, by="system", at=now, to=told, shared=shared, ring=alarm.rings, **more)
    else:
        events.record(inquiry, Event.Kind.NOBODY_TOLD, by="system", at=now, ring=alarm.rings, **more)


def acknowledge(inquiry: Inquiry, *, by: User, via: Alarm.Via, now: dt.datetime) -> bool:
    """Note that `by` has it, and ring nobody any more; return whether an alarm was open. Call it inside a transaction."""
    alarm = Alarm.objects.select_for_update().filter(inquiry=inquiry, acknowledged_at=None).first()
    if alarm is None:
        return False
    alarm.inquiry = inquiry
    if _settle(alarm, now):  # somebody works on it already
        return False
    _end(alarm, via, now, by)
    return True


def press(token: str, now: dt.datetime) -> Answer:
    """Acknowledge the alarm of a link. It works once: afterwards there is nothing left that it could do."""
    with alarm_links.brought(token), transaction.atomic():
        return _pressed(token, now)


def _pressed(token: str, now: dt.datetime) -> Answer:
    link = alarm_links.find(token, now)
    if link is None:
        return Answer.DEAD
    alarm = _locked(link.alarm_id, link.alarm.inquiry_id)
    if alarm.acknowledged_at is None and not _settle(alarm, now):
        _end(alarm, Alarm.Via.LINK, now, User(pk=link.user_id))
    if open_alarm(alarm.inquiry) is not None:
        return Answer.DEAD  # a later alarm, which the link of an earlier one doesn't stop: "thank you" would be taken for that
    if alarm.acknowledged_by_id == link.user_id:
        return Answer.THANKS
    return Answer.SOMEBODY_ELSE if alarm.acknowledged_by_id else Answer.DEAD


def _settle(alarm: Alarm, now: dt.datetime) -> bool:
    """End the alarm if somebody works on the case since it opened, or there is no case any more; return whether it ended."""
    step = alarm.inquiry.events.filter(kind__in=HAS_IT, actor__isnull=False, at__gte=alarm.opened_at).first()
    if step is not None:
        _end(alarm, Alarm.Via.CASE, step.at, User(pk=step.actor_id))
    elif Inquiry.objects.filter(pk=alarm.inquiry_id, state=Inquiry.State.CLOSED).exists():
        _end(alarm, Alarm.Via.CLOSED, now, None)
    return alarm.acknowledged_at is not None


def _end(alarm: Alarm, via: Alarm.Via, at: dt.datetime, by: User | None) -> None:
    alarm.acknowledged_by, alarm.acknowledged_at, alarm.via = by, at, via
    alarm.save(update_fields=["acknowledged_by", "acknowledged_at", "via"])
    _take_back(alarm.inquiry)
    seconds = round((at - alarm.opened_at).total_seconds())
    actor: User | str = by or "system"
    codes = {"via": via.value, "seconds": seconds, "rings": alarm.rings, "cries": alarm.cries}
    events.record(alarm.inquiry, Event.Kind.ACKNOWLEDGED, by=actor, at=at, **codes)


def _take_back(inquiry: Inquiry) -> None:
    """Delete what is still to be sent of the case's alarm, but what a worker is recording as sent just now: never wait for that."""
    pending = Notification.objects.filter(inquiry=inquiry, kind=Kind.DANGER.value, state=Notification.State.PENDING)
    keys = list(pending.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if keys:
        Notification.objects.filter(pk__in=keys).delete()
