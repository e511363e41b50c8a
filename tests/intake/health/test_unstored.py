"""Olga is told when the database is away, and when nobody gets the site's pages, though no row can say who she is."""

import datetime as dt

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone

from intake.health import rounds, unstored
from intake.notifications import heartbeats
from tests.intake.notifications.alarm_night import reachable

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def olga_operates(olga):
    return reachable(olga)


@pytest.fixture
def no_database(monkeypatch, olga_operates):
    """The database goes away after a round in which it worked."""
    rounds.beat_of_housekeeping(timezone.now())

    def fails(*arguments, **options):
        raise OperationalError

    monkeypatch.setattr(heartbeats, "beat", fails)
    monkeypatch.setattr("intake.notifications.recipients.reachable_operators", fails)


def beat(now):
    with pytest.raises(OperationalError):
        rounds.beat_of_housekeeping(now)


def test_olga_gets_a_mail_after_five_minutes_without_the_database_and_only_one(no_database, django_assert_num_queries):
    now = timezone.now()
    with django_assert_num_queries(0):
        beat(now)
        beat(now + 4 * MINUTE)
        assert mail.outbox == [], "a restart tells nobody"
        beat(now + 5 * MINUTE)
        beat(now + 6 * MINUTE)
    assert [message.to for message in mail.outbox] == [["olga@example.org"]]
    assert "The database doesn’t answer." in mail.outbox[0].body


def test_olga_hears_of_a_database_that_stays_away_again_after_half_a_day(no_database):
    now = timezone.now()
    for minutes in (0, 5, 6, 13 * 60, 13 * 60 + 1):
        beat(now + minutes * MINUTE)
    assert len(mail.outbox) == 2


def test_olga_hears_of_the_next_time_too(no_database, monkeypatch):
    now = timezone.now()
    for minute in (0, 5):
        beat(now + minute * MINUTE)
    monkeypatch.undo()
    rounds.beat_of_housekeeping(now + 6 * MINUTE)
    for minute in (10, 15):
        unstored.database.fails(now + minute * MINUTE)
    assert len(mail.outbox) == 2


def test_when_no_mail_leaves_it_is_tried_again_in_the_next_round(no_database, smtp_server, settings):
    now, port = timezone.now(), smtp_server.port
    settings.EMAIL_PORT = 1  # nothing answers there
    beat(now)
    beat(now + 5 * MINUTE)
    settings.EMAIL_PORT = port
    beat(now + 6 * MINUTE)
    assert smtp_server.recipients == ["olga@example.org"]


def test_olga_gets_a_mail_when_the_web_server_is_gone(olga_operates, receiver, settings):
    settings.SITE_URL = receiver.url.removesuffix("/hook")
    now = timezone.now()
    rounds.beat_of_housekeeping(now)
    receiver.status = 404  # what a site says that works
    for minute in (0, 6):
        unstored.ask_for_a_page(now + minute * MINUTE)
    assert mail.outbox == []
    receiver.status = 503  # what nginx says when nobody is behind it
    for minute in (7, 12, 13):
        unstored.ask_for_a_page(now + minute * MINUTE)
    assert "The site’s own address shows no pages." in mail.outbox[0].body
    assert len(mail.outbox) == 1
    assert {headers["Host"] for headers, _body in receiver.seen} == {settings.SITE_URL.removeprefix("http://")}


def test_a_site_with_another_trouble_still_shows_its_pages(client):
    assert client.get(unstored.PAGE, HTTP_VIA=unstored.HEADERS["Via"]).status_code == 404
