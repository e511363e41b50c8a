"""The outbox: notifications are written in the transaction they tell of and stay there until a worker has sent them.

The table is the worker's queue. A worker *claims* rows that are due by moving `next_attempt_at` to the end of a lease; a row
whose worker died is due again when its lease ends. So a notification may in the worst case be sent twice, and is never lost.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Notification, WebhookEndpoint
from intake.notifications import channels, http_client
from intake.notifications.kinds import Kind

logger = logging.getLogger(__name__)

# Minutes between tries; after the last the notification is given up and shows in the admin.
RETRY_AFTER_MINUTES = (1, 2, 5, 10, 30, 60, 120, 240, 480, 480)
# For how long a worker keeps what it claims from others. What a killed worker held is due again after it.
LEASE = dt.timedelta(seconds=45)
# Rows claimed at once. Their inquiries and centres are loaded together.
BATCH = 50
# Seconds after which a batch ends and gives back the rest: it must end well within LEASE, and something more urgent may wait.
BATCH_SECONDS = 1.0
# Seconds after which what was sent is stored at the latest: so much may be sent again after a kill -9.
RECORD_SECONDS = 0.05
# Kinds that the history of their inquiry doesn't hold, because they aren't about it.
_OF_NO_CASE = frozenset(kind.value for kind in Kind if kind.spec.page)
# Seconds for which housekeeping sends: its clock stands still meanwhile, so they must be well below LEASE.
SWEEP_SECONDS = 20


def enqueue(  # noqa: PLR0913 (all named)
    kind: Kind,
    *,
    inquiry: Inquiry,
    channel: str = channels.ALL,
    to: User | WebhookEndpoint | None = None,
    not_before: dt.datetime | None = None,
    key: UUID | None = None,
) -> Notification:
    """Write a notification of `kind`; call it inside the transaction it tells of. A worker sends it within a second.

    By default it goes to everyone concerned by every channel; with `channel` and `to`, to one recipient. `key` is the primary
    key of the new row, where a channel needs to know it. Raises ValueError for an unknown kind, channels.UnknownChannel for
    an unknown channel.
    """
    if channel != channels.ALL:
        channels.get(channel)
    recipient = channels.Recipient(
        user=to if isinstance(to, User) else None, endpoint=to if isinstance(to, WebhookEndpoint) else None, not_before=not_before
    )
    notification = _notification(Kind(kind), inquiry, channel, recipient, timezone.now())
    notification.pk = key or notification.pk
    notification.save(force_insert=True)
    return notification


def send_due(now: dt.datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Claim up to BATCH notifications that are due, the most urgent first, and send them; return how many were claimed.

    A notification to everyone concerned becomes one row a recipient, and these are sent in the same call. `should_stop` is
    asked after each notification; what has not begun is then given back. `now` stands for the clock in tests. An idle call
    costs one query.
    """
    moment = now or timezone.now()
    if not due(moment).exists():
        return 0
    claimed = _claim(moment)
    _Batch(claimed, now).run(should_stop)
    return len(claimed)


def sweep(now: dt.datetime) -> dict[str, int]:
    """Send what is due for at most SWEEP_SECONDS, in case no worker does (housekeeping); return the number of tries."""
    return {"notifications_tried": send_all_due(now, seconds=SWEEP_SECONDS)}


def send_all_due(now: dt.datetime | None = None, *, seconds: float | None = None) -> int:
    """Call send_due until nothing is due, or for about so many seconds; return how many notifications were claimed."""
    total, started = 0, time.monotonic()
    while count := send_due(now):
        total += count
        if seconds is not None and time.monotonic() - started >= seconds:
            break
    return total


def try_again(notification: Notification) -> None:
    """Make a notification that was given up due again, from the first try."""
    rows = Notification.objects.filter(pk=notification.pk, state=Notification.State.DEAD)
    rows.update(state=Notification.State.PENDING, attempts=0, next_attempt_at=timezone.now())


def due(now: dt.datetime) -> "QuerySet[Notification]":
    """Return what is to be sent by `now`, of what this server can send: a public server has no key for visitors' addresses."""
    rows = Notification.objects.filter(state=Notification.State.PENDING, next_attempt_at__lte=now)
    if settings.SERVES_STAFF:
        return rows
    return rows.exclude(channel__in=[channel.code for channel in channels.all_channels() if channel.needs_case_key])


@transaction.atomic
def _claim(now: dt.datetime) -> dict[UUID, dt.datetime]:
    """Claim up to BATCH rows and return their ids with the times at which they were due, the most urgent first.

    PostgreSQL locks the rows and skips those that another worker is claiming; SQLite has one writer at a time.
    """
    rows = due(now).select_for_update(skip_locked=True).order_by("priority", "next_attempt_at")
    claimed = dict(rows.values_list("pk", "next_attempt_at")[:BATCH])
    if claimed:
        Notification.objects.filter(pk__in=claimed).update(next_attempt_at=now + LEASE)
    return claimed


def _load(claimed: list[UUID]) -> list[Notification]:
    """Return the claimed notifications in order, with all that sending needs. At most seven queries, however many they are."""
    related = (
        Prefetch("inquiry", Inquiry.objects.defer("sealed")),
        "inquiry__centre__opening_hours",
        "inquiry__centre__holidays",
        "recipient",
        "endpoint",
    )
    rows = Notification.objects.prefetch_related(*related).in_bulk(claimed)
    return [rows[key] for key in claimed if key in rows]


def _notification(kind: Kind, inquiry: Inquiry, channel: str, recipient: channels.Recipient, now: dt.datetime) -> Notification:
    return Notification(
        kind=kind.value,
        inquiry=inquiry,
        channel=channel,
        priority=inquiry.priority,
        recipient=recipient.user,
        endpoint=recipient.endpoint,
        happened_at=now,
        next_attempt_at=max(recipient.not_before or now, now),
    )


class _Batch:
    """Sends what one call of send_due has claimed, and stores the outcomes together."""

    def __init__(self, claimed: dict[UUID, dt.datetime], now: dt.datetime | None) -> None:
        self._not_begun = dict(claimed)  # id -> when it was due
        self._fixed_now = now
        self._leased: set[UUID] = set()  # ids of the rows that this batch adds and sends
        self._sent: list[Notification] = []
        self._recorded_at = time.monotonic()

    def run(self, should_stop: Callable[[], bool]) -> None:
        started = time.monotonic()
        for notification in self._expanded(_load(list(self._not_begun))):
            if self._not_begun.pop(notification.pk, None) is None:
                continue  # a webhook that is spared
            self._send(notification)
            if should_stop() or time.monotonic() - started >= BATCH_SECONDS:
                break
        self._record()
        if self._not_begun:
            rows = Notification.objects.filter(pk__in=self._not_begun, state=Notification.State.PENDING)
            rows.update(next_attempt_at=min(self._not_begun.values()))

    def _expanded(self, notifications: list[Notification]) -> list[Notification]:
        """Replace each notification to everyone concerned by one a recipient, stored in one transaction.

        Return what is to be sent now: the most urgent first, and of equally urgent ones those to people first.
        """
        to_send = [notification for notification in notifications if notification.channel != channels.ALL]
        expanded: dict[UUID, list[Notification]] = {}
        for notification in notifications:
            if notification.channel == channels.ALL:
                try:
                    expanded[notification.pk] = self._one_a_recipient(notification)
                except Exception as error:  # one that can't be read must not stop the others
                    del self._not_begun[notification.pk]
                    self._failed(notification, error)
        if expanded:
            with transaction.atomic():
                # Erasing an inquiry removes what is pending of it.
                pending = Notification.objects.filter(pk__in=expanded, state=Notification.State.PENDING)
                stored = {key: expanded[key] for key in pending.select_for_update().values_list("pk", flat=True)}
                Notification.objects.bulk_create(row for rows in stored.values() for row in rows)
                pending.update(state=Notification.State.SENT, sent_at=timezone.now(), last_error="", attempts=F("attempts") + 1)
            for key in expanded:
                was_due = self._not_begun.pop(key)
                ours = [row for row in stored.get(key, ()) if row.pk in self._leased]
                self._not_begun |= dict.fromkeys((row.pk for row in ours), was_due)
                to_send += ours
        return sorted(to_send, key=_urgency)

    def _one_a_recipient(self, notification: Notification) -> list[Notification]:
        """Return a notification for each recipient, not stored yet. Those that this worker sends now have its lease."""
        inquiry, kind, now = notification.inquiry, Kind(notification.kind), self._now()
        rows = []
        for channel in channels.all_channels():
            for recipient in channel.recipients(inquiry, kind, now):
                row = _notification(kind, inquiry, channel.code, recipient, now)
                row.happened_at = notification.happened_at
                if row.next_attempt_at <= now and (settings.SERVES_STAFF or not channel.needs_case_key):
                    row.next_attempt_at = now + LEASE
                    self._leased.add(row.pk)
                rows.append(row)
        return rows

    def _send(self, notification: Notification) -> None:
        try:
            channels.get(notification.channel).send(notification, self._now())
        except channels.NotYet as wait:  # nothing failed, so no try is counted
            rows = Notification.objects.filter(pk=notification.pk, state=Notification.State.PENDING)
            rows.update(next_attempt_at=wait.until)
        except Exception as error:  # whatever a mail server does, the outbox goes on
            self._failed(notification, error)
        else:
            self._sent.append(notification)
        if time.monotonic() - self._recorded_at > RECORD_SECONDS:
            self._record()

    def _record(self) -> None:
        """Store that the notifications sent since the last call are sent, and that staff were told."""
        self._recorded_at = time.monotonic()
        if not self._sent:
            return
        sent, self._sent = self._sent, []
        with transaction.atomic():
            rows = Notification.objects.filter(pk__in=[notification.pk for notification in sent], state=Notification.State.PENDING)
            pending = set(rows.select_for_update().values_list("pk", flat=True))
            rows.update(state=Notification.State.SENT, sent_at=timezone.now(), last_error="", attempts=F("attempts") + 1)
            for notification in sent:
                if notification.pk in pending and notification.recipient_id is not None and notification.kind not in _OF_NO_CASE:
                    user, kind = notification.recipient_id, notification.kind
                    events.record(notification.inquiry, Event.Kind.NOTIFIED, by="system", to=user, what=kind)

    def _failed(self, notification: Notification, error: Exception) -> None:
        tries = notification.attempts + 1
        given_up = tries > len(RETRY_AFTER_MINUTES) or isinstance(error, http_client.Undeliverable)
        retry_at = self._now() + dt.timedelta(minutes=RETRY_AFTER_MINUTES[min(tries, len(RETRY_AFTER_MINUTES)) - 1])
        if given_up:
            logger.error("A notification was given up after %s tries: %s", tries, type(error).__name__)
        with transaction.atomic():
            stored = Notification.objects.filter(pk=notification.pk, state=Notification.State.PENDING).update(
                state=Notification.State.DEAD if given_up else Notification.State.PENDING,
                attempts=tries,
                next_attempt_at=retry_at,
                last_error=type(error).__name__[:80],
            )
            if stored and given_up:
                self._tell_of(notification, error)
        if notification.endpoint_id is not None:
            self._spare(notification.endpoint_id, self._now() + dt.timedelta(minutes=RETRY_AFTER_MINUTES[0]))

    def _tell_of(self, notification: Notification, error: Exception) -> None:
        """Have the channel say at the case, or to a lead, that nobody was told."""
        try:
            channel = channels.get(notification.channel)
        except channels.UnknownChannel:
            return
        follows = channel.given_up(notification, getattr(error, "why", http_client.Why.TRIED), self._now())
        if follows is not None:
            enqueue(follows, inquiry=notification.inquiry)

    def _spare(self, endpoint_id: int, until: dt.datetime) -> None:
        """Send nothing to a failing webhook for a while: each try may take seconds for which people would have to wait."""
        rows = Notification.objects.filter(endpoint_id=endpoint_id, state=Notification.State.PENDING)
        ours = list(rows.filter(pk__in=self._not_begun).values_list("pk", flat=True))
        rows.filter(Q(next_attempt_at__lte=self._now()) | Q(pk__in=ours)).update(next_attempt_at=until)
        for key in ours:
            del self._not_begun[key]

    def _now(self) -> dt.datetime:
        return self._fixed_now or timezone.now()


def _urgency(notification: Notification) -> tuple[int, int]:
    try:
        order = channels.get(notification.channel).order
    except channels.UnknownChannel:
        order = 0
    return notification.priority, order
