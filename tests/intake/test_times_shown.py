"""A promised time is read off the centre's clock, whatever zone the server runs in."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from intake.models import Inquiry
from intake.templatetags.centre_time import at_centre
from intake.visitor_wording import status_for_visitor
from tests.intake.pages import hidden

TUESDAY_NOON_IN_NEW_YORK = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)


@pytest.fixture
def tuesday_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON_IN_NEW_YORK)


def send(client):
    page = client.get("/contact/")
    said = {"for_whom": "self", "contact_way": "mailbox", "message": "Hello", "token": hidden(page, "token")}
    return client.post("/contact/", said)


def test_the_form_promises_a_time_of_the_centres_clock(client, riverside, tuesday_noon):
    assert "Tuesday, November 24, 1 p.m." in client.get("/contact/").content.decode()


def test_the_same_time_stands_on_the_page_after_sending(client, riverside, tuesday_noon):
    send(client)
    assert "Tuesday, November 24, 1 p.m." in client.get("/contact/sent/").content.decode()


def test_spanish_readers_get_it_in_spanish(client, riverside, tuesday_noon):
    assert "antes del <b>martes, 24 de noviembre, 13:00</b>" in client.get("/es/contact/").content.decode()


def test_the_mailbox_promises_the_same_time_in_spanish(client, riverside, tuesday_noon):
    send(client)
    with translation.override("es"):
        status = status_for_visitor(Inquiry.objects.get())
    assert "responderá antes del martes, 24 de noviembre, 13:00 (EST)" in status


def test_a_message_in_the_mailbox_shows_the_centres_time(riverside):
    assert at_centre(TUESDAY_NOON_IN_NEW_YORK, riverside) == "Tuesday, November 24, noon"
