"""The outbox: notifications are written in the transaction they tell of and stay there until a worker has sent them.

The table is the worker's queue. A worker *claims* rows that are due by moving `next_attempt_at` to the end of a lease; a row
whose worker died is due again when its lease ends. So a notification may in the worst case be sent twice, and is never lost.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Notification, WebhookEndpoint
from intake.notifications import channels
from intake.notifications.kinds import Kind

logger = logging.getLogger(__name__)

# How long a dead worker keeps others from what it held. A living one renews its leases (Held.renew).
LEASE = timedelta(seconds=45)
# Minutes between tries; the last is repeated. Of a case in danger none is longer than DANGER_RETRY_MINUTES.
RETRY_AFTER_MINUTES = (1, 2, 5, 10, 30, 60)
DANGER_RETRY_MINUTES = 5
# About a day of tries; then the notification is given up and shows in the admin.
MAX_TRIES = 28
MAX_TRIES_IN_DANGER = 290
# Rows claimed at once. Their inquiries and centres are loaded together.
BATCH = 50
# Seconds after which what was sent is stored at the latest: so much may be sent again after a kill -9.
RECORD_SECONDS = 0.05
# Seconds after which a batch ends and gives back the rest, so that something more urgent needn't wait for it.
BATCH_SECONDS = 1.0


class Held:
    """What a worker has claimed. Another thread may renew the leases, or stop the worker and give back what has not begun."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[UUID, datetime] = {}  # id -> when it was due
        self._begun: set[UUID] = set()
        self.is_stopping = False

    def add(self, due_at: dict[UUID, datetime]) -> None:
        """Add rows that were just claimed, with the times at which they were due."""
        with self._lock:
            self._waiting |= due_at

    def begin(self, key: UUID) -> datetime | None:
        """Return when the row was due and mark it as begun; None when it must not be sent because the worker stops."""
        with self._lock:
            if self.is_stopping or key not in self._waiting:
                return None
            self._begun.add(key)
            return self._waiting.pop(key)

    def done(self, keys: Iterable[UUID]) -> None:
        """Forget rows whose outcome is stored."""
        with self._lock:
            self._begun.difference_update(keys)

    def renew(self) -> None:
        """Let all leases end LEASE from now."""
        with self._lock:
            if keys := self._begun | self._waiting.keys():
                rows = Notification.objects.filter(pk__in=keys, state=Notification.State.PENDING)
                rows.update(next_attempt_at=timezone.now() + LEASE)

    def give_back(self) -> None:
        """Let others have what has not begun, as early as it was due; no try is counted."""
        with self._lock:
            if self._waiting:
                rows = Notification.objects.filter(pk__in=self._waiting, state=Notification.State.PENDING)
                rows.update(next_attempt_at=min(self._waiting.values()), attempts=F("attempts") - 1)
                self._waiting.clear()

    def forget(self) -> None:
        """Drop everything; what was not stored is due again when its lease ends."""
        with self._lock:
            self._waiting.clear()
            self._begun.clear()

    def stop(self) -> None:
        """Begin nothing more, and give back what has not begun."""
        self.is_stopping = True
        self.give_back()


def enqueue(
    kind: Kind,
    *,
    inquiry: Inquiry,
    channel: str = channels.ALL,
    to: User | WebhookEndpoint | None = None,
    not_before: datetime | None = None,
) -> Notification:
    """Write a notification of `kind`; call it inside the transaction it tells of. A worker sends it within a second.

    By default it goes to everyone concerned by every channel; with `channel` and `to`, to one recipient. Raises ValueError
    for an unknown kind, channels.UnknownChannel for an unknown channel.
    """
    if channel != channels.ALL:
        channels.get(channel)
    recipient = channels.Recipient(
        user=to if isinstance(to, User) else None, endpoint=to if isinstance(to, WebhookEndpoint) else None, not_before=not_before
    )
    notification = _notification(Kind(kind), inquiry, channel, recipient, timezone.now())
    notification.save(force_insert=True)
    return notification


def send_due(now: datetime | None = None, *, held: Held | None = None) -> int:
    """Claim up to BATCH notifications that are due, the most urgent first, and send them; return how many were claimed.

    A notification to everyone concerned becomes one row a recipient, and these are sent in the same go. `now` stands for the
    clock in tests. An idle call costs one query.
    """
    held = held or Held()
    moment = now or timezone.now()
    if not due(moment).exists():
        return 0
    claimed = _claim(moment)
    held.add(claimed)
    try:
        batch = _Batch(held, now)
        notifications = batch.expand(_load(claimed))
        started = time.monotonic()
        for notification in notifications:
            if not batch.send(notification) or time.monotonic() - started > BATCH_SECONDS:
                break
        batch.record()
        held.give_back()
    finally:
        held.forget()
    return len(claimed)


def send_all_due(now: datetime | None = None, *, held: Held | None = None) -> int:
    """Call send_due until nothing is due; return how many notifications were claimed."""
    total = 0
    while count := send_due(now, held=held):
        total += count
    return total


def try_again(notification: Notification) -> None:
    """Make a notification that was given up due again, from the first try."""
    rows = Notification.objects.filter(pk=notification.pk, state=Notification.State.DEAD)
    rows.update(state=Notification.State.PENDING, attempts=0, next_attempt_at=timezone.now())


def due(now: datetime) -> "QuerySet[Notification]":
    """Return what is to be sent by `now`, of what this server can send: a public server has no key for visitors' addresses."""
    rows = Notification.objects.filter(state=Notification.State.PENDING, next_attempt_at__lte=now)
    if settings.SERVES_STAFF:
        return rows
    return rows.exclude(channel__in=[channel.code for channel in channels.all_channels() if channel.needs_case_key])


@transaction.atomic
def _claim(now: datetime) -> dict[UUID, datetime]:
    """Claim up to BATCH rows and return their ids with the times at which they were due, the most urgent first.

    PostgreSQL locks the rows and skips those that another worker is claiming; SQLite has one writer at a time.
    """
    rows = due(now).select_for_update(skip_locked=True).order_by("priority", "next_attempt_at")
    claimed = dict(rows.values_list("pk", "next_attempt_at")[:BATCH])
    if claimed:
        Notification.objects.filter(pk__in=claimed).update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE)
    return claimed


def _load(claimed: Iterable[UUID]) -> list[Notification]:
    """Return the claimed notifications in order, with all that sending needs. At most seven queries, however many they are."""
    related = (
        Prefetch("inquiry", Inquiry.objects.defer("sealed")),
        "inquiry__centre__opening_hours",
        "inquiry__centre__holidays",
        "recipient",
        "endpoint",
    )
    rows = Notification.objects.prefetch_related(*related).in_bulk(list(claimed))
    return [rows[key] for key in claimed if key in rows]


def _notification(kind: Kind, inquiry: Inquiry, channel: str, recipient: channels.Recipient, now: datetime) -> Notification:
    return Notification(
        kind=kind.value,
        inquiry=inquiry,
        channel=channel,
        priority=inquiry.priority,
        recipient=recipient.user,
        endpoint=recipient.endpoint,
        next_attempt_at=max(recipient.not_before or now, now),
    )


class _Batch:
    """Sends what one call of send_due has claimed, and stores the outcomes together."""

    def __init__(self, held: Held, now: datetime | None) -> None:
        self._held = held
        self._fixed_now = now
        self._sent: list[Notification] = []
        self._recorded_at = time.monotonic()
        # Webhooks that just failed, and until when nothing more is sent to them.
        self._failing: dict[int, datetime] = {}

    def expand(self, notifications: list[Notification]) -> list[Notification]:
        """Replace each notification to everyone concerned by one a recipient, stored in one transaction.

        Return what is to be sent now: the most urgent first, and of equally urgent ones those to people first.
        """
        single = [notification for notification in notifications if notification.channel != channels.ALL]
        expanded: dict[UUID, list[Notification]] = {}
        due_at: dict[UUID, datetime] = {}
        for notification in notifications:
            if notification.channel != channels.ALL or (was_due := self._held.begin(notification.pk)) is None:
                continue
            try:
                expanded[notification.pk] = rows = _one_a_recipient(notification, self._now())
            except Exception as error:  # one that can't be read must not stop the others
                self._failed(notification, error)
            else:
                due_at |= dict.fromkeys((row.pk for row in rows if row.attempts), was_due)
        if not expanded:
            return sorted(single, key=_urgency)
        with transaction.atomic():
            # Erasing an inquiry removes what is pending of it.
            pending = Notification.objects.filter(pk__in=expanded, state=Notification.State.PENDING)
            stored = [row for key in pending.select_for_update().values_list("pk", flat=True) for row in expanded[key]]
            Notification.objects.bulk_create(stored)
            pending.update(state=Notification.State.SENT, sent_at=timezone.now(), last_error="")
        self._held.done(expanded)
        to_send = [row for row in stored if row.pk in due_at]
        self._held.add({row.pk: due_at[row.pk] for row in to_send})
        return sorted([*single, *to_send], key=_urgency)

    def send(self, notification: Notification) -> bool:
        """Send one; return False when this worker must send nothing more."""
        if self._held.begin(notification.pk) is None:
            return False
        if until := self._failing.get(notification.endpoint_id or 0):
            self._postpone(notification, until)
            return True
        try:
            channels.get(notification.channel).send(notification, self._now())
        except channels.NotYet as wait:
            self._postpone(notification, wait.until)
        except Exception as error:  # whatever a mail server does, the outbox goes on
            self._failed(notification, error)
        else:
            self._sent.append(notification)
        if time.monotonic() - self._recorded_at > RECORD_SECONDS:
            self.record()
        return True

    def record(self) -> None:
        """Store that the notifications sent since the last call are sent, and that staff were told."""
        self._recorded_at = time.monotonic()
        if not self._sent:
            return
        sent, self._sent = self._sent, []
        with transaction.atomic():
            rows = Notification.objects.filter(pk__in=[notification.pk for notification in sent], state=Notification.State.PENDING)
            pending = set(rows.select_for_update().values_list("pk", flat=True))
            rows.update(state=Notification.State.SENT, sent_at=timezone.now(), last_error="")
            for notification in sent:
                if notification.pk in pending and notification.recipient_id is not None:
                    facts = {"to": notification.recipient_id, "what": notification.kind}
                    events.record(notification.inquiry, Event.Kind.NOTIFIED, by="system", **facts)
        self._held.done(notification.pk for notification in sent)

    def _postpone(self, notification: Notification, until: datetime) -> None:
        """Nothing failed, so no try is counted."""
        rows = Notification.objects.filter(pk=notification.pk, state=Notification.State.PENDING)
        rows.update(attempts=F("attempts") - 1, next_attempt_at=until)
        self._held.done([notification.pk])

    def _failed(self, notification: Notification, error: Exception) -> None:
        in_danger = notification.priority == Inquiry.Priority.DANGER
        tries = notification.attempts
        wait = RETRY_AFTER_MINUTES[min(tries, len(RETRY_AFTER_MINUTES)) - 1]
        retry_at = self._now() + timedelta(minutes=min(wait, DANGER_RETRY_MINUTES) if in_danger else wait)
        given_up = tries >= (MAX_TRIES_IN_DANGER if in_danger else MAX_TRIES) or isinstance(error, channels.Refused)
        if given_up:
            logger.error("A notification was given up after %s tries: %s", tries, type(error).__name__)
        Notification.objects.filter(pk=notification.pk, state=Notification.State.PENDING).update(
            state=Notification.State.DEAD if given_up else Notification.State.PENDING,
            next_attempt_at=retry_at,
            last_error=type(error).__name__[:80],
        )
        self._held.done([notification.pk])
        if notification.endpoint_id is not None:
            self._spare(notification.endpoint_id, retry_at)

    def _spare(self, endpoint_id: int, until: datetime) -> None:
        """Send nothing to a failing webhook for a while: each try may take seconds for which people would have to wait."""
        self._failing[endpoint_id] = until
        untried = Notification.objects.filter(endpoint_id=endpoint_id, state=Notification.State.PENDING, next_attempt_at__lte=self._now())
        untried.update(next_attempt_at=until)

    def _now(self) -> datetime:
        return self._fixed_now or timezone.now()


def _one_a_recipient(notification: Notification, now: datetime) -> list[Notification]:
    """Return a notification for each recipient, not stored yet; those that are due now are claimed (they have a try)."""
    inquiry, kind = notification.inquiry, Kind(notification.kind)
    rows = []
    for channel in channels.all_channels():
        for recipient in channel.recipients(inquiry, kind, now):
            row = _notification(kind, inquiry, channel.code, recipient, now)
            if row.next_attempt_at <= now and (settings.SERVES_STAFF or not channel.needs_case_key):
                row.attempts, row.next_attempt_at = 1, now + LEASE
            rows.append(row)
    return rows


def _urgency(notification: Notification) -> tuple[int, int]:
    try:
        order = channels.get(notification.channel).order
    except channels.UnknownChannel:
        order = 0
    return notification.priority, order
