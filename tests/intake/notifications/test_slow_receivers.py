"""A receiver that lets us wait holds up nothing but its own notifications."""

import pytest
from django.core import mail
from django.utils import timezone

from intake.models import Delivery
from intake.notifications import outbox

pytestmark = pytest.mark.django_db


def test_a_round_ends_in_time_and_the_next_one_begins_with_the_others(inquiry, amara, monkeypatch):
    Delivery.objects.all().delete()
    amara.email = "amara@example.org"
    amara.save()
    clock = [0.0]

    def hangs(delivery, now):
        clock[0] += 40
        raise TimeoutError

    monkeypatch.setattr(outbox.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(outbox.webhook, "send", hangs)
    for _webhook in range(5):
        outbox.enqueue("new_inquiry", inquiry=inquiry, channel="webhook")
    outbox.enqueue("new_inquiry", inquiry=inquiry, channel="person", to=amara)
    now = timezone.now()
    outbox.sweep(now)
    assert clock[0] <= 2 * outbox.SWEEP_SECONDS
    outbox.sweep(now)
    outbox.sweep(now)
    assert [message.to for message in mail.outbox] == [["amara@example.org"]]
