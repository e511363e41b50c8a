"""Who runs the site learns that requests are on one machine only, and that they are on two again."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from intake.health import state, telling
from intake.models import Heartbeat
from tests.intake.notifications.alarm_night import reachable

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def olga_operates(olga):
    return reachable(olga)


def seen(*codes: str, minutes: int = 0) -> None:
    """Let deploy/postgresql/watch have written so, so long ago."""
    row = {"at": timezone.now() - minutes * MINUTE, "codes": list(codes)}
    Heartbeat.objects.update_or_create(part=Heartbeat.Part.STANDBY, defaults=row)


def test_a_site_with_one_database_machine_hears_nothing_of_a_second_one(olga_operates):
    telling.watch_standby(timezone.now())
    assert not {"standby_away", "standby_unwatched"} & set(state.look(timezone.now()).codes)
    assert mail.outbox == []


def test_olga_is_told_once_that_the_second_machine_is_away_and_the_log_that_it_is_back(olga_operates, caplog):
    seen("standby_away")
    for _round in range(3):
        telling.watch_standby(timezone.now())
    assert "standby_away" in state.look(timezone.now()).codes
    [told] = mail.outbox
    assert told.to == [olga_operates.email]
    assert "The second database machine is away: new requests are stored on one machine only." in told.body
    seen()
    telling.watch_standby(timezone.now())
    assert "standby_away" not in state.look(timezone.now()).codes
    assert "Requests are stored on both database machines again." in caplog.text


def test_no_promise_to_visitors_hangs_on_the_second_machine(olga_operates):
    seen("standby_away")
    assert not state.look(timezone.now()).promises_nothing


def test_olga_is_told_when_nobody_watches_the_two_machines(olga_operates):
    seen(minutes=6)
    telling.watch_standby(timezone.now())
    assert "standby_unwatched" in state.look(timezone.now()).codes
    assert "Nobody watches the two database machines." in mail.outbox[0].body


def test_olga_is_told_of_each_thing_that_the_watch_sees(olga_operates):
    seen("database_disk", "standby_away")
    telling.watch_standby(timezone.now())
    assert [body.split("\n")[0] for body in (told.body for told in mail.outbox)] == [
        "The disk of the database fills up: less than 1 GB is free.",
        "The second database machine is away: new requests are stored on one machine only.",
    ]
    telling.watch_standby(timezone.now())
    assert len(mail.outbox) == 2, "once"
