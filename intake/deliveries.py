"""The outbox: notifications written in the transaction they tell of, sent by a worker, tried again until they are sent."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from intake import events, notifications, tasks
from intake.models import Delivery, Event, Inquiry

# Minutes between tries; after the last the delivery is given up and shows in the admin.
RETRY_AFTER_MINUTES = (1, 2, 5, 10, 30, 60, 120, 240, 480, 480)
# A worker that took a delivery and said nothing more for this long is taken to be dead.
LEASE = timedelta(minutes=5)
SWEEP_AT_ONCE = 200


def enqueue(kind: str, *, inquiry: Inquiry | None = None, recipient: User | None = None) -> Delivery:
    """Write a notification of `kind` (intake.notifications) and a task that sends it; call it inside the transaction.

    Without `recipient` it goes to everyone of the inquiry's centre who wants to be told.
    """
    delivery = Delivery.objects.create(kind=kind, inquiry=inquiry, recipient=recipient, next_attempt_at=timezone.now())
    tasks.deliver.enqueue(str(delivery.pk))
    return delivery


def deliver(delivery_id: str, now: datetime | None = None) -> bool:
    """Send one delivery if it is due; return whether it went out now.

    It is first taken for a while, so that two workers don't both send it; a worker that dies with it loses it again to
    the next sweep. So a mail may in the worst case come twice, and never not at all.
    """
    now = now or timezone.now()
    due = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING, next_attempt_at__lte=now)
    if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE):
        return False
    delivery = Delivery.objects.select_related("inquiry__centre", "recipient").get(pk=delivery_id)
    try:
        if delivery.recipient_id is None:
            _fan_out(delivery)
        else:
            notifications.send(delivery)
    except Exception as error:
        _failed(delivery, error, now)
        return False
    _sent(delivery)
    return True


def _fan_out(delivery: Delivery) -> None:
    """Turn a notification to a centre into one to each person, in one transaction with its own end."""
    with transaction.atomic():
        for person in notifications.recipients(delivery):
            enqueue(delivery.kind, inquiry=delivery.inquiry, recipient=person)
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now())


def _sent(delivery: Delivery) -> None:
    if delivery.recipient_id is None:
        return
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=timezone.now(), last_error="")
        if delivery.inquiry is not None:
            events.record(delivery.inquiry, Event.Kind.NOTIFIED, by="system", to=delivery.recipient_id, what=delivery.kind)


def _failed(delivery: Delivery, error: Exception, now: datetime) -> None:
    tries = delivery.attempts
    given_up = tries > len(RETRY_AFTER_MINUTES)
    wait = RETRY_AFTER_MINUTES[min(tries, len(RETRY_AFTER_MINUTES)) - 1]
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.DEAD if given_up else Delivery.State.PENDING,
        next_attempt_at=now + timedelta(minutes=wait),
        last_error=type(error).__name__[:80],
    )


def sweep(now: datetime) -> dict[str, int]:
    """Send every delivery that is due and that no worker sent (housekeeping); return the counts."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING, next_attempt_at__lte=now).order_by("next_attempt_at")
    sent = sum(deliver(str(pk), now) for pk in due.values_list("pk", flat=True)[:SWEEP_AT_ONCE])
    return {"deliveries_sent": sent}
