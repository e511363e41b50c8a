"""Where nobody can be told of danger, visitors, leads and operators hear that, and no record says otherwise."""

import secrets

import pytest
from django.test import Client
from django.utils import timezone

from intake import checks
from intake.cases.inquiry_data import InquiryData
from intake.models import Event
from intake.submission import receive
from tests.intake.notifications.alarm_night import MINUTE, WORDS, events, reachable, typed, work
from tests.intake.pages import hidden
from tests.support import housekeeping

pytestmark = pytest.mark.django_db
UNREACHED = 'aria-label="We can\'t reach anyone here now"'
UNREACHED_ES = 'aria-label="No podemos avisar a nadie aquí ahora"'


def test_with_nobody_at_all_the_page_says_so_before_and_after_sending(night, riverside):
    visitor = Client()
    for prefix, words in (("", UNREACHED), ("/es", UNREACHED_ES)):
        before = visitor.get(f"{prefix}/contact/").content.decode()
        aside = before.split(words, 1)[1].split("</aside>")[0]
        assert 'href="tel:911"' in aside
        assert 'href="tel:988"' in aside
        assert 'href="tel:+18006624357"' in aside
        assert "will answer by" not in before
    form = {"token": hidden(visitor.get("/contact/"), "token"), "for_whom": "self", "contact_way": "mailbox", "message": WORDS}
    sent = visitor.post("/contact/", form)
    after = visitor.get(sent["Location"]).content.decode()
    assert UNREACHED in after
    assert "will answer by" not in after


def test_with_nobody_at_all_the_mailbox_says_so_too(night, riverside, luisa):
    received = typed()
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    page = visitor.get("/mailbox/open/").content.decode()
    assert UNREACHED in page
    assert "will answer by" not in page
    assert "Nobody has answered it yet" in page
    reachable(luisa)
    page = visitor.get("/mailbox/open/").content.decode()
    assert UNREACHED not in page
    assert "will answer by" in page


def test_nor_does_it_promise_a_call_beside_that(night, riverside, luisa):
    data = InquiryData(message="Hello", contact_way="phone", phone="+12125550143")
    received = receive.receive(data, form_token=secrets.token_bytes(16))
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    page = visitor.get("/mailbox/open/").content.decode()
    assert UNREACHED in page
    assert "will call you" not in page
    reachable(luisa)
    assert "will call you" in visitor.get("/mailbox/open/").content.decode()


def test_where_somebody_can_be_told_the_page_promises_as_before(night, luisa_leads):
    page = Client().get("/contact/").content.decode()
    assert UNREACHED not in page
    assert "will answer by" in page


def test_told_to_nobody_is_never_recorded_as_told(night, riverside, luisa):
    typed()
    work(night)
    night.shift(40 * MINUTE)
    housekeeping.run(timezone.now())
    assert not events(Event.Kind.RUNG)
    assert not events(Event.Kind.ESCALATED)
    assert events(Event.Kind.NOBODY_TOLD)[0] == {"by": "system", "ring": 1}
    client = Client()
    client.force_login(luisa)
    page = client.get("/admin/").content.decode()
    assert "nobody who works there can be told of danger" in page
    assert "an alarm reached nobody" in page


def test_the_alarm_rings_on_until_there_is_somebody(night, riverside, luisa):
    typed()
    assert work(night) == []
    reachable(luisa)
    assert work(night, 5) == ["luisa"]


def test_a_centre_without_people_is_a_warning_of_the_checks(riverside, harbor, luisa):
    def ids():
        return sorted((message.id, message.msg.split()[0]) for message in checks.somebody_is_told_of_danger(None, databases=["default"]))

    assert ids() == [("intake.W003", "Harbor"), ("intake.W003", "Riverside")]
    reachable(luisa)
    assert ids() == [("intake.W003", "Harbor")]
    harbor.accepts_inquiries = False
    harbor.save()
    assert ids() == []
