"""The outbox: notifications written in the transaction they tell of, sent by a worker, tried again until they are sent."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from intake.cases import events
from intake.models import Delivery, Event, Inquiry, WebhookEndpoint
from intake.notifications import kinds, recipients, tasks
from intake.notifications.channels import sms_gateway, visitor_email, visitor_sms, webhook

logger = logging.getLogger(__name__)
Channel = Delivery.Channel

# Minutes between tries; after the last the delivery is given up and shows in the admin.
RETRY_AFTER_MINUTES = (1, 2, 5, 10, 30, 60, 120, 240, 480, 480)
# A worker that took a delivery and said nothing more for this long is taken to be dead.
LEASE = dt.timedelta(minutes=5)
SWEEP_AT_ONCE = 200
SWEEP_SECONDS = 60
# The tasks' own rows are kept for so long, to see what the worker did; what they were for stands in the outbox.
KEEP_TASKS = dt.timedelta(days=1)
FORGET_AT_ONCE = 500


def enqueue(
    kind: str,
    *,
    inquiry: Inquiry,
    channel: str = Channel.ALL,
    to: User | WebhookEndpoint | None = None,
    not_before: dt.datetime | None = None,
) -> Delivery:
    """Write a notification of `kind` (intake.notifications.kinds) and a task that sends it; call it inside the transaction.

    The channel "all" goes to everyone concerned: people, the centre's shared address, webhooks.
    """
    now = timezone.now()
    due = max(not_before or now, now)
    delivery = Delivery.objects.create(
        kind=kind,
        inquiry=inquiry,
        channel=channel,
        recipient=to if isinstance(to, User) else None,
        endpoint=to if isinstance(to, WebhookEndpoint) else None,
        next_attempt_at=due,
    )
    if due <= now:
        # A night's flood of other forms must not stand between somebody in danger and the person who is told.
        urgency = (Inquiry.Priority.NORMAL - inquiry.priority) * 10
        tasks.deliver.using(priority=urgency).enqueue(str(delivery.pk))
    return delivery


def deliver(delivery_id: str, now: dt.datetime | None = None) -> bool:
    """Send one delivery if it is due; return whether it went out now.

    It is first taken for a while, so that two workers don't both send it; a worker that dies with it loses it again to
    the next sweep. So a mail may in the worst case come twice, and never not at all.
    """
    now = now or timezone.now()
    due = _due(now).filter(pk=delivery_id)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE):
        return False
    delivery = Delivery.objects.select_related("inquiry__centre", "inquiry__claimed_by", "recipient", "endpoint").get(pk=delivery_id)
    try:
        _send(delivery, now)
    except visitor_sms.NotYet as wait:
        # Nothing failed, so no try is counted.
        Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") - 1, next_attempt_at=wait.until)
        return False
    except Exception as error:  # whatever a mail server does, the outbox goes on
        _failed(delivery, error, now)
        return False
    return True


def _due(now: dt.datetime) -> "QuerySet[Delivery]":
    """What is to be sent by `now`, of what this server can: a visitor's address opens with a key that only the staff's has."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING, next_attempt_at__lte=now)
    return due if settings.SERVES_STAFF else due.exclude(channel__in=[Channel.VISITOR, Channel.VISITOR_TEXT])


def _send(delivery: Delivery, now: dt.datetime) -> None:
    if delivery.channel == Channel.ALL:
        _fan_out(delivery, now)
        return
    if delivery.channel == Channel.WEBHOOK:
        webhook.send(delivery, now)
    elif delivery.channel == Channel.VISITOR:
        visitor_email.send(delivery)
    elif delivery.channel == Channel.VISITOR_TEXT:
        visitor_sms.send(delivery, now)
    else:
        kinds.send(delivery)
    with transaction.atomic():
        _mark_sent(delivery)
        if delivery.channel == Channel.PERSON and delivery.inquiry is not None:
            events.record(delivery.inquiry, Event.Kind.NOTIFIED, by="system", to=delivery.recipient_id, what=delivery.kind)


def _fan_out(delivery: Delivery, now: dt.datetime) -> None:
    """Turn a notification to everyone concerned into one to each, in one transaction with its own end."""
    inquiry = delivery.inquiry
    with transaction.atomic():
        if inquiry is not None:
            for person, not_before in recipients.to_tell(inquiry, delivery.kind, now):
                enqueue(delivery.kind, inquiry=inquiry, channel=Channel.PERSON, to=person, not_before=not_before)
            if inquiry.centre.notify_address:
                enqueue(delivery.kind, inquiry=inquiry, channel=Channel.CENTRE)
            for endpoint in webhook.endpoints(inquiry.centre):
                enqueue(delivery.kind, inquiry=inquiry, channel=Channel.WEBHOOK, to=endpoint)
        _mark_sent(delivery)


def _mark_sent(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now(), last_error="")


def _failed(delivery: Delivery, error: Exception, now: dt.datetime) -> None:
    tries = delivery.attempts
    given_up = tries > len(RETRY_AFTER_MINUTES) or isinstance(error, sms_gateway.Refused)
    wait = RETRY_AFTER_MINUTES[min(tries, len(RETRY_AFTER_MINUTES)) - 1]
    if given_up:
        logger.error("A notification was given up after %s tries: %s", tries, type(error).__name__)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DEAD if given_up else Delivery.State.PENDING,
        next_attempt_at=now + dt.timedelta(minutes=wait),
        last_error=type(error).__name__[:80],
    )


def try_again(delivery: Delivery) -> None:
    """Take a delivery that was given up into the outbox again, from the first try."""
    rows = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD)
    rows.update(state=Delivery.State.PENDING, attempts=0, next_attempt_at=timezone.now())


def sweep(now: dt.datetime) -> dict[str, int]:
    """Send every delivery that is due and that no worker sent (housekeeping); return the counts."""
    due = _due(now).order_by("inquiry__priority", "next_attempt_at")
    sent, stop_at = 0, time.monotonic() + SWEEP_SECONDS
    for pk in list(due.values_list("pk", flat=True)[:SWEEP_AT_ONCE]):
        # A receiver that lets us wait must not keep all else that time brings waiting: the rest has its turn next time.
        if time.monotonic() >= stop_at:
            break
        sent += deliver(str(pk), now)
    return {"deliveries_sent": sent}


def forget_tasks(now: dt.datetime) -> dict[str, int]:
    """Remove the rows of tasks that are over, those of killed workers too (housekeeping); return their number."""
    over = DBTaskResult.objects.exclude(status=TaskResultStatus.READY).filter(enqueued_at__lte=now - KEEP_TASKS)
    forgotten, stop_at = 0, time.monotonic() + SWEEP_SECONDS
    # In portions, so that nobody who sends a form waits for all of it.
    while time.monotonic() < stop_at and (some := list(over.values_list("pk", flat=True)[:FORGET_AT_ONCE])):
        forgotten += DBTaskResult.objects.filter(pk__in=some).delete()[0]
    return {"tasks_forgotten": forgotten}
