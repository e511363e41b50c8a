"""A receiver that lets us wait holds up nothing but its own notifications."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from intake.models import Notification, WebhookEndpoint
from intake.notifications import channels, outbox
from intake.notifications.kinds import Kind

pytestmark = pytest.mark.django_db


def test_a_round_ends_in_time_and_the_next_one_begins_with_the_others(inquiry, amara, monkeypatch):
    Notification.objects.all().delete()
    amara.email = "amara@example.org"
    amara.save()
    clock = [0.0]

    def hangs(notification, now):
        clock[0] += 10
        raise TimeoutError

    monkeypatch.setattr(outbox.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(outbox, "BATCH_SECONDS", 1)
    monkeypatch.setattr(channels.get("webhook"), "send", hangs)
    slow = [WebhookEndpoint.objects.create(name=f"slow {number}", url="https://slow.example/") for number in range(5)]
    for endpoint in slow:
        outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="webhook", to=endpoint)
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="staff_email", to=amara)
    outbox.send_due()
    assert [message.to for message in mail.outbox] == [["amara@example.org"]], "people come first"
    assert clock[0] == 10, "the batch ends"
    assert Notification.objects.filter(state="pending", next_attempt_at__lte=timezone.now()).count() == 4, "the rest is given back"


def test_a_webhook_that_hangs_is_tried_once_and_then_spared(inquiry, monkeypatch):
    Notification.objects.all().delete()
    tries, clock = [], [0.0]

    def hangs(notification, now):
        tries.append(notification)
        clock[0] += 10
        raise TimeoutError

    monkeypatch.setattr(outbox.time, "monotonic", lambda: clock[0])

    monkeypatch.setattr(channels.get("webhook"), "send", hangs)
    endpoint = WebhookEndpoint.objects.create(name="slow", url="https://slow.example/")
    for _notification in range(outbox.BATCH + 2):
        outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="webhook", to=endpoint)
    assert outbox.send_all_due() == outbox.BATCH
    assert len(tries) == 1
    assert Notification.objects.filter(attempts=0, state="pending").count() == outbox.BATCH + 1
    outbox.send_all_due(timezone.now() + dt.timedelta(minutes=1, seconds=1))
    assert len(tries) == 2
