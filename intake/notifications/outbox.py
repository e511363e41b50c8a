"""The outbox: notifications are written in the transaction they tell of and stay there until a worker has sent them.

The table is the worker's queue. A worker *claims* rows that are due by moving `next_attempt_at` to the end of a lease; a row
whose worker died is due again when its lease ends. So a notification may in the worst case be sent twice, and is never lost.
A row for everyone concerned isn't claimed: it becomes one a recipient in one transaction, which only one worker can do.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, Notification, WebhookEndpoint
from intake.notifications import channels, http_client
from intake.notifications.kinds import Kind

logger = logging.getLogger(__name__)

# Minutes between tries; the last repeats. Danger never waits longer than five: a mail server that is back must not be waited for.
RETRY_AFTER_MINUTES = (1, 2, 5, 10, 30, 60)
RETRY_DANGER_AFTER_MINUTES = (1, 2, 5)
# After so many tries, which is about a day, the notification is given up and shows in the admin.
MOST_TRIES, MOST_TRIES_OF_DANGER = 28, 290
# Errors that say that a server is away, not that it refuses one mail: when it takes one again, it is tried with all others at once.
SERVER_AWAY = frozenset(
    {
        *("ConnectionRefusedError", "ConnectionResetError", "OSError", "SMTPAuthenticationError", "SMTPConnectError", "SMTPHeloError"),
        *("SMTPNotSupportedError", "SMTPServerDisconnected", "TimeoutError", "Unanswered", "gaierror"),
    }
)
# For how long a worker keeps what it claims from others. What a killed worker held is due again after it.
LEASE = dt.timedelta(seconds=45)
# Rows claimed at once. Their inquiries and centres are loaded together.
BATCH = 50
# Seconds after which a batch ends and gives back the rest: it must end well within LEASE, and something more urgent may wait.
BATCH_SECONDS = 1.0
# Seconds after which what was sent is stored at the latest: so much may be sent again after a kill -9.
RECORD_SECONDS = 0.5
# For how long a message of danger that was given up counts as one of which nobody could be told; the case says it longer.
GIVEN_UP_COUNTS = dt.timedelta(hours=1)
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
    asked before each notification; what has not begun is then given back. `now` stands for the clock in tests. An idle call
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
    now = timezone.now()
    rows.update(state=Notification.State.PENDING, attempts=0, next_attempt_at=now, scheduled_at=now)


def oldest_urgent(now: dt.datetime) -> dt.datetime | None:
    """Return when the oldest danger happened of which nobody could be told so far, or None. One query.

    One full mailbox doesn't count where somebody else was told of the same case since.
    """
    waiting = Q(state=Notification.State.PENDING, next_attempt_at__lt=now) | Q(state=Notification.State.PENDING, attempts__gt=0)
    given_up = Q(state=Notification.State.DEAD, happened_at__gte=now - GIVEN_UP_COUNTS) & ~Q(last_error=http_client.Undeliverable.__name__)
    sent = Notification.objects.filter(inquiry=OuterRef("inquiry"), state=Notification.State.SENT, sent_at__gte=OuterRef("happened_at"))
    urgent = Notification.objects.filter(waiting | given_up, ~Exists(sent.exclude(channel=channels.ALL)), priority=Inquiry.Priority.DANGER)
    oldest: dt.datetime | None = urgent.aggregate(oldest=Min("happened_at"))["oldest"]
    return oldest


def oldest_held_up(now: dt.datetime) -> dt.datetime | None:
    """Return when the oldest message to staff happened that doesn't leave, or None: danger of which nobody could be told so far, and any
    mail that failed while the first mail server has taken none since. What is urgent is no proof, for it may have left by the second.
    Two queries.
    """
    mails = Notification.objects.filter(channel="staff_email")
    taken = mails.filter(state=Notification.State.SENT, sent_at__gte=OuterRef("happened_at")).exclude(priority=Inquiry.Priority.DANGER)
    failed = mails.filter(~Exists(taken), state=Notification.State.PENDING, attempts__gt=0)
    found = [oldest_urgent(now), failed.aggregate(oldest=Min("happened_at"))["oldest"]]
    return min((at for at in found if at is not None), default=None)


def due(now: dt.datetime) -> "QuerySet[Notification]":
    """Return what is to be sent by `now`, of what this server can send: a public server has no key for visitors' addresses.

    What was to be sent at once is due even if the clock of the server that wrote it is ahead of this one's.
    """
    is_due = Q(next_attempt_at__lte=now) | Q(next_attempt_at__lte=F("scheduled_at"))
    rows = Notification.objects.filter(is_due, state=Notification.State.PENDING)
    if settings.SERVES_STAFF:
        return rows
    return rows.exclude(channel__in=[channel.code for channel in channels.all_channels() if channel.needs_case_key])


@transaction.atomic
def _claim(now: dt.datetime) -> dict[UUID, dt.datetime]:
    """Claim up to BATCH rows and return their ids with the times at which they were due, the most urgent first.

    PostgreSQL locks the rows and skips those that another worker is claiming; SQLite has one writer at a time. Rows for everyone
    concerned are returned as they are: a claim of theirs would be written to the disk and replaced a moment later.
    """
    rows = due(now).select_for_update(skip_locked=True).order_by("priority", "next_attempt_at")
    claimed = {pk: (at, channel) for pk, at, channel in rows.values_list("pk", "next_attempt_at", "channel")[:BATCH]}
    if leased := [pk for pk, (_at, channel) in claimed.items() if channel != channels.ALL]:
        Notification.objects.filter(pk__in=leased).update(next_attempt_at=now + LEASE, scheduled_at=now)
    return {pk: at for pk, (at, _channel) in claimed.items()}


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
        scheduled_at=now,
    )


def give_back() -> None:
    """Make due again, for other workers, what this process holds and has not begun to send."""
    for batch in list(_running):
        batch.give_back()


class _Batch:
    """Sends what one call of send_due has claimed, and stores the outcomes together."""

    def __init__(self, claimed: dict[UUID, dt.datetime], now: dt.datetime | None) -> None:
        self._claimed = claimed  # id -> when it was due
        # Of these, what has not begun. give_back() of another thread may take from it at any time, so it is never replaced.
        self._not_begun = dict(claimed)
        self._fixed_now = now
        self._leased: set[UUID] = set()  # ids of the rows that this batch adds and sends
        self._sent: list[Notification] = []
        self._recorded_at = time.monotonic()

    def run(self, should_stop: Callable[[], bool]) -> None:
        started = time.monotonic()
        _running.append(self)
        try:
            for notification in self._expanded(_load(list(self._claimed))):
                if should_stop():  # also before the first, which may wait for its server for long
                    break
                if self._not_begun.pop(notification.pk, None) is None:
                    continue  # what is spared, or was given back
                self._send(notification)
                if time.monotonic() - started >= BATCH_SECONDS:
                    break
            self._record()
            self.give_back()
        finally:
            _running.remove(self)

    def give_back(self) -> None:
        """Make due again what has not begun. Another thread may call it while `run` waits for a server."""
        taken = {key: self._not_begun.pop(key, None) for key in list(self._not_begun)}
        was_due = {key: at for key, at in taken.items() if at is not None}
        if was_due:
            rows = Notification.objects.filter(pk__in=was_due, state=Notification.State.PENDING)
            rows.update(next_attempt_at=min(was_due.values()))

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
                    self._not_begun.pop(notification.pk, None)
                    self._failed(notification, error)
        if expanded:
            with transaction.atomic():
                # Erasing an inquiry removes what is pending of it.
                pending = Notification.objects.filter(pk__in=expanded, state=Notification.State.PENDING)
                stored = {key: expanded[key] for key in pending.select_for_update().values_list("pk", flat=True)}
                Notification.objects.bulk_create(row for rows in stored.values() for row in rows)
                pending.update(state=Notification.State.SENT, sent_at=timezone.now(), last_error="", attempts=F("attempts") + 1)
            for key in expanded:
                self._not_begun.pop(key, None)
                ours = [row for row in stored.get(key, ()) if row.pk in self._leased]
                self._not_begun.update(dict.fromkeys((row.pk for row in ours), self._claimed[key]))
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
            rows.update(next_attempt_at=wait.until, scheduled_at=self._now())
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
        by_first = [each for each in sent if not each.left_by_second_server]
        for channel in {each.channel for each in by_first if each.channel in _failing or each.last_error in SERVER_AWAY}:
            self._bring_forward(channel)

    def _bring_forward(self, channel: str) -> None:
        """Make due what waits because the server of this channel was away: it takes mails again."""
        if _failing.pop(channel, None):
            logger.warning("Sending works again: %s", channel)
        waiting = Notification.objects.filter(channel=channel, state=Notification.State.PENDING, last_error__in=SERVER_AWAY)
        # What another worker holds has its lease, which is shorter than any wait.
        waiting.filter(next_attempt_at__gt=self._now() + LEASE).update(next_attempt_at=self._now())

    def _failed(self, notification: Notification, error: Exception) -> None:
        tries = notification.attempts + 1
        waits, most = _patience(notification)
        given_up = tries > most or isinstance(error, http_client.Undeliverable)
        retry_at = self._now() + dt.timedelta(minutes=waits[min(tries, len(waits)) - 1])
        _log_failure(notification.channel, error)
        if given_up:
            logger.error("A notification was given up after %s tries: %s", tries, type(error).__name__)
        with transaction.atomic():
            stored = Notification.objects.filter(pk=notification.pk, state=Notification.State.PENDING).update(
                state=Notification.State.DEAD if given_up else Notification.State.PENDING,
                attempts=tries,
                next_attempt_at=retry_at,
                scheduled_at=self._now(),
                last_error=type(error).__name__[:80],
            )
            if stored and given_up:
                self._tell_of(notification, error)
        until = self._now() + dt.timedelta(minutes=RETRY_AFTER_MINUTES[0])
        if notification.endpoint_id is not None:
            self._spare(Q(endpoint_id=notification.endpoint_id), until)
        elif isinstance(error, TimeoutError):
            # A server that hangs costs twenty seconds a try. Only danger is worth them.
            self._spare(Q(channel=notification.channel) & ~Q(priority=Inquiry.Priority.DANGER), until)

    def _tell_of(self, notification: Notification, error: Exception) -> None:
        """Have the channel say at the case, or to a lead, that nobody was told."""
        try:
            channel = channels.get(notification.channel)
        except channels.UnknownChannel:
            return
        follows = channel.given_up(notification, getattr(error, "why", http_client.Why.TRIED), self._now())
        if follows is not None:
            enqueue(follows, inquiry=notification.inquiry)

    def _spare(self, which: Q, until: dt.datetime) -> None:
        """Send nothing of `which` for a while, after a try failed: each may take seconds for which people would have to wait."""
        rows = Notification.objects.filter(which, state=Notification.State.PENDING)
        ours = list(rows.filter(pk__in=self._not_begun).values_list("pk", flat=True))
        rows.filter(Q(next_attempt_at__lte=self._now()) | Q(pk__in=ours)).update(next_attempt_at=until, scheduled_at=self._now())
        for key in ours:
            self._not_begun.pop(key, None)

    def _now(self) -> dt.datetime:
        return self._fixed_now or timezone.now()


# The batches that are being sent, one in each thread that sends.
_running: list[_Batch] = []
# The channels that fail, as far as this process knows, with the class of the error: a change is logged, and not each try.
_failing: dict[str, str] = {}


def _log_failure(channel: str, error: Exception) -> None:
    """Log the first failure of a channel, and when its reason changes."""
    name = type(error).__name__
    if isinstance(error, http_client.Undeliverable) or _failing.get(channel) == name:
        return
    _failing[channel] = name
    logger.error("Sending fails, and is tried again: %s (%s). `manage.py doctor` says more.", channel, name)


def _patience(notification: Notification) -> tuple[tuple[int, ...], int]:
    """Return the minutes between tries, and after how many tries a notification is given up."""
    if notification.priority == Inquiry.Priority.DANGER:
        return RETRY_DANGER_AFTER_MINUTES, MOST_TRIES_OF_DANGER
    return RETRY_AFTER_MINUTES, MOST_TRIES


def _urgency(notification: Notification) -> tuple[int, int]:
    try:
        order = channels.get(notification.channel).order
    except channels.UnknownChannel:
        order = 0
    return notification.priority, order
