"""Drills by command and by schedule."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from intake.models import Centre, Inquiry
from intake.submission import drills

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def test_the_command_starts_a_drill_at_the_centre_it_names(riverside, open_harbor, luisa):
    User.objects.filter(pk=luisa.pk).update(email="luisa@example.org")
    out = StringIO()
    call_command("danger_drill", stdout=out)
    call_command("danger_drill", centre="harbor", stdout=out)
    at = Inquiry.objects.filter(is_drill=True, priority=1, contact_way="mailbox").values_list("centre__slug", flat=True)
    assert sorted(at) == ["harbor", "riverside"]
    assert out.getvalue().count("Nobody was told") == 2


def test_the_command_says_what_is_wrong(riverside):
    with pytest.raises(CommandError, match="no such centre"):
        call_command("danger_drill", centre="nowhere")
    Centre.objects.create(name="Pine Street", slug="pine", accepts_inquiries=False)
    with pytest.raises(CommandError, match="takes no inquiries"):
        call_command("danger_drill", centre="pine")
    assert not Inquiry.objects.exists()


def test_a_centre_that_wants_none_has_none(riverside):
    assert not riverside.monthly_drill
    assert drills.start_due(drills.moment_of(riverside, timezone.now())) == {"danger_drills_started": 0}


def test_once_a_month_at_a_moment_that_nobody_knows(riverside, monkeypatch):
    riverside.monthly_drill = True
    riverside.save()
    moment = drills.moment_of(riverside, timezone.now())
    assert drills.start_due(moment - MINUTE) == {"danger_drills_started": 0}
    monkeypatch.setattr("intake.submission.receive.timezone.now", lambda: moment)
    assert drills.start_due(moment) == {"danger_drills_started": 1}
    assert drills.start_due(moment + MINUTE) == {"danger_drills_started": 0}
    next_month = drills.moment_of(riverside, moment.replace(day=1) + 32 * DAY)
    assert next_month.month != moment.month
    assert next_month.replace(month=1, year=2000) != moment.replace(month=1, year=2000)


def test_one_that_was_missed_for_long_waits_for_the_next_month(riverside):
    Centre.objects.filter(pk=riverside.pk).update(monthly_drill=True)
    assert drills.start_due(drills.moment_of(riverside, timezone.now()) + DAY) == {"danger_drills_started": 0}
