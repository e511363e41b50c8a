"""A site that was brought back to an earlier time tells nobody twice."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from backups import returning
from intake.models import Alarm, Notification
from intake.notifications import alarms, outbox

pytestmark = pytest.mark.django_db


def test_messages_that_were_due_before_are_held_back_and_those_of_later_are_sent_in_their_time(inquiry, arrives, luisa):
    now = timezone.now()
    arrives(priority=1)
    later = outbox.enqueue(outbox.Kind.WITHDRAWN, inquiry=inquiry, not_before=now + dt.timedelta(hours=6))
    waiting = Notification.objects.filter(state="pending").exclude(pk=later.pk).count()
    assert waiting

    held = returning.hold_back_messages(timezone.now())
    outbox.send_all_due(timezone.now())

    assert held.messages == waiting
    assert mail.outbox == []
    assert list(Notification.objects.filter(state="pending")) == [later]
    # A person who thinks that one was never sent sends it.
    given_up = Notification.objects.filter(state="dead").first()
    assert given_up.last_error == "Restored"
    outbox.try_again(given_up)
    assert Notification.objects.filter(state="pending").count() == 2


def test_danger_that_nobody_had_taken_rings(inquiry, luisa):
    alarms.cry(inquiry)
    returning.hold_back_messages(timezone.now())

    alarms.ring_due(timezone.now() + alarms.REPEAT)

    assert Alarm.objects.get().rings == 2
    assert Notification.objects.filter(state="pending").exists()
