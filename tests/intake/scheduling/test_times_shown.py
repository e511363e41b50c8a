"""A promised time is read off the centre's clock, whatever zone the server runs in."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone, translation

from intake.cases.inquiry_data import InquiryData
from intake.mailbox.status_texts import clock_words, status_for_visitor
from intake.models import Inquiry
from intake.submission import receive
from intake.templatetags.centre_time import at_centre
from tests.intake.pages import hidden
from tests.people import member

TUESDAY_NOON_IN_NEW_YORK = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)


@pytest.fixture
def tuesday_noon(monkeypatch, riverside):
    """Tuesday noon at Riverside, where Amara can be told of what arrives."""
    member("amara", "Amara Diallo", riverside, "triage", email="amara@example.org")
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON_IN_NEW_YORK)


def send(client):
    page = client.get("/contact/")
    said = {"for_whom": "self", "contact_way": "mailbox", "message": "Hello", "token": hidden(page, "token")}
    return client.post("/contact/", said)


def test_the_form_promises_a_time_of_the_centres_clock(client, riverside, tuesday_noon):
    assert "Tuesday, November 24, 1 p.m." in client.get("/contact/").content.decode()


def test_a_time_that_ends_in_a_full_stop_gets_no_second_one(client, riverside, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON_IN_NEW_YORK + dt.timedelta(hours=12))
    page = client.get("/contact/").content.decode()
    assert "9 a.m. (local time there)." in page
    assert ".m.." not in page


def test_the_same_time_stands_on_the_page_after_sending(client, riverside, tuesday_noon):
    send(client)
    assert "Tuesday, November 24, 1 p.m." in client.get("/contact/sent/").content.decode()


def test_spanish_readers_get_it_in_spanish(client, riverside, tuesday_noon):
    assert "antes del <b>martes 24 de noviembre a la 1:00 p.\u00a0m.</b>" in client.get("/es/contact/").content.decode()


def test_the_mailbox_promises_the_same_time_in_spanish(client, riverside, tuesday_noon):
    send(client)
    with translation.override("es"):
        status = status_for_visitor(Inquiry.objects.get(), unreached=False)
    assert "responderá antes del martes 24 de noviembre a la 1:00 p.\u00a0m. (EST)" in status


def test_a_message_in_the_mailbox_shows_the_centres_time(riverside):
    assert at_centre(TUESDAY_NOON_IN_NEW_YORK, riverside) == "Tuesday, November 24, noon"


def test_a_call_is_announced_as_spanish_says_it(riverside, tuesday_noon):
    with translation.override("es"):
        assert called(riverside).endswith("le llamará el martes 24 de noviembre, entre las 12:00 p.\u00a0m. y la 1:00 p.\u00a0m. (EST).")
        assert "11:30 a.\u00a0m." in clock_words(dt.datetime(2026, 11, 24, 11, 30, tzinfo=dt.UTC))


# --- When somebody will call: while the centre is open, and only when it is safe for the person ----------------------


def called(riverside, windows=(), time_zone="", **columns):
    said = InquiryData(contact_way=columns.pop("way", "phone"), safe_windows=[list(window) for window in windows], time_zone=time_zone)
    inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
    for name, value in columns.items():
        setattr(inquiry, name, value)
    return status_for_visitor(inquiry, unreached=False)


def test_who_wants_a_call_is_told_between_which_times(riverside, tuesday_noon):
    assert called(riverside) == "Someone at Riverside will call you on Tuesday, November 24, between noon and 1 p.m. (EST)."


def test_shortly_before_closing_the_next_morning_is_promised(riverside, monkeypatch):
    late = dt.datetime(2026, 11, 24, 21, 50, tzinfo=dt.UTC)  # ten to five
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert "on Wednesday, November 25, between 9 a.m. and 9:50 a.m. (EST)" in called(riverside)
    assert "on Wednesday, November 25, between 2 p.m. and 5 p.m. (EST)" in called(riverside, [(1, "16:00", "21:00"), (2, "14:00", "18:00")])


def test_the_call_comes_only_in_their_safe_time_and_on_their_clock(riverside, tuesday_noon):
    status = called(riverside, [(2, "08:00", "12:00")], "America/Los_Angeles")
    assert status == "Someone at Riverside will call you on Wednesday, November 25, between 8 a.m. and noon (PST)."


def test_a_safe_time_that_has_begun_counts_from_now(riverside, tuesday_noon):
    assert "on Tuesday, November 24, between noon and 2 p.m. (EST)" in called(riverside, [(1, "08:00", "14:00")])


def test_it_ends_when_the_centre_closes(riverside, tuesday_noon):
    assert "on Tuesday, November 24, between 4 p.m. and 5 p.m. (EST)" in called(riverside, [(1, "16:00", "21:00")])


def test_times_that_never_meet_are_said_instead_of_promised(riverside, tuesday_noon):
    status = called(riverside, [(5, "09:00", "17:00")])
    assert "The times that you chose are not ours" in status
    assert "will call" not in status


def test_the_promise_stands_until_the_time_is_over_and_does_not_slide(riverside, tuesday_noon, monkeypatch):
    called(riverside, [(2, "10:00", "12:00")])
    for day, hour, promised in ((25, 15, True), (25, 17, False)):
        now = dt.datetime(2026, 11, day, hour, 30, tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        status = status_for_visitor(Inquiry.objects.get(), unreached=False)
        assert ("on Wednesday, November 25, between 10 a.m. and noon (EST)" in status) == promised
        assert ("Nobody has answered it yet" in status) != promised


def test_the_page_after_sending_says_when_they_will_be_called(client, riverside, tuesday_noon):
    page = client.get("/contact/")
    said = {"for_whom": "self", "contact_way": "phone", "phone": "212 555 0143", "consent_call": "on", "token": hidden(page, "token")}
    client.post("/contact/", said)
    sent = client.get("/contact/sent/").content.decode()
    assert "Someone at Riverside will call you on Tuesday, November 24, between noon and 1 p.m. (EST)." in sent


def test_who_wants_a_text_message_gets_no_call(riverside, tuesday_noon):
    assert "will send you a text message on Tuesday, November 24, between" in called(riverside, way="text")


def test_while_somebody_looks_after_it_the_call_is_still_promised(riverside, tuesday_noon):
    status = called(riverside, state="open")
    assert status.startswith("Someone at Riverside is looking after your request. Someone at Riverside will call you on Tuesday")


def test_no_longer_safe_promises_no_call(riverside, tuesday_noon):
    assert "call" not in called(riverside, no_longer_safe=True, contact_way="mailbox")
