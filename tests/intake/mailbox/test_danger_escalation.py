"""Danger that is said later counts as much as in the first form: in the mailbox, or when the form comes a second time."""

import datetime as dt
import secrets
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from intake import triage
from intake.cases.inquiry_data import InquiryData
from intake.models import Alarm, Event, Inquiry, Notification, OnCallShift
from intake.notifications import recipients, staff_text
from intake.notifications.kinds import Kind
from intake.submission import receive
from tests.intake.pages import hidden
from tests.intake.submission.test_contact_form import filled

pytestmark = pytest.mark.django_db
# The box that is there unasked; the one beside the field comes to light while one writes.
SHOWN = 'aria-label="This may be urgent"'
DANGER = "I took all my pills and I want to die"
NEW_YORK = dt.timezone(-dt.timedelta(hours=5))
MONDAY_NIGHT = dt.datetime(2026, 1, 5, 23, tzinfo=NEW_YORK)


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def received(riverside):
    return receive.receive(InquiryData(message="Hello"), form_token=secrets.token_bytes(16))


@pytest.fixture
def opened(visitor, received):
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    return visitor


def write(visitor, text, **more):
    page = visitor.get("/mailbox/open/")
    return visitor.post("/mailbox/open/", {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": text} | more)


def answered(received, by):
    inquiry = Inquiry.objects.get(pk=received.inquiry.pk)
    triage.reply(inquiry, text="Come on Tuesday", by=by, version=inquiry.version)


def of_danger():
    return Notification.objects.filter(kind="danger")


def test_in_the_mailbox_it_comes_to_the_top_and_calls_the_staff(opened, received, amara):
    answered(received, amara)
    assert write(opened, DANGER).status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.priority, inquiry.queue_rank) == (1, 1)
    assert "suicide" in inquiry.priority_reasons
    assert of_danger().count() == 1
    event = Event.objects.get(kind=Event.Kind.MORE_URGENT)
    assert event.data == {"by": "visitor", "priority": 1}


def test_whom_to_call_stands_on_the_page_until_staff_have_answered(opened, received, amara):
    write(opened, DANGER)
    page = opened.get("/mailbox/open/").content.decode()
    assert SHOWN in page
    assert 'href="tel:988"' in page.split(SHOWN, 1)[1].split("</aside>")[0]
    answered(received, amara)
    assert SHOWN not in opened.get("/mailbox/open/").content.decode()


def test_whom_to_call_stands_there_for_the_first_message_too_until_somebody_answered(riverside, amara):
    received = receive.receive(InquiryData(message=DANGER), form_token=secrets.token_bytes(16))
    visitor = Client()
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    assert SHOWN in visitor.get("/mailbox/open/").content.decode()
    triage.log_attempt(received.inquiry, by=amara, version=1, way="phone", outcome="no_answer")
    assert SHOWN in visitor.get("/mailbox/open/").content.decode()
    triage.resolve_danger(received.inquiry, by=amara, version=2, outcome="reached_safe")
    assert SHOWN not in visitor.get("/mailbox/open/").content.decode()


def test_the_page_after_a_message_is_not_sent_to_a_list_of_mistakes(opened):
    assert write(opened, DANGER)["Location"] == "/mailbox/open/#main"


@pytest.mark.parametrize("wrong", [{"token": "old"}, {"go": "language"}])
def test_whom_to_call_is_said_before_it_could_be_sent_too(opened, wrong):
    page = write(opened, DANGER, **wrong).content.decode()
    assert SHOWN in page
    assert DANGER in page


def test_a_mailbox_that_has_closed_says_it_with_the_words_that_it_gives_back(opened):
    opened.cookies.clear()
    page = opened.post("/mailbox/open/", {"text": DANGER}).content.decode()
    assert SHOWN in page
    assert DANGER in page


def test_everyday_words_call_nobody(opened, received):
    write(opened, "Mornings are best for me")
    assert Inquiry.objects.get().priority == received.inquiry.priority
    assert not of_danger()
    assert not Event.objects.filter(kind=Event.Kind.MORE_URGENT)


def test_who_was_in_danger_before_is_heard_again(opened, received, amara):
    write(opened, DANGER)
    answered(received, amara)
    write(opened, DANGER + ", again")
    assert Alarm.objects.count() == 2
    assert of_danger().count() == 1
    assert Inquiry.objects.get().queue_rank == 1


def test_what_is_urgent_but_no_danger_makes_it_sooner_and_rings_nobody(opened, received):
    write(opened, "I am pregnant")
    inquiry = Inquiry.objects.get()
    assert inquiry.priority == 2
    assert inquiry.answer_by < received.inquiry.answer_by
    assert not of_danger()


def test_a_case_is_never_less_urgent_for_what_is_said_later(riverside, visitor):
    received = receive.receive(InquiryData(danger_now=True), form_token=secrets.token_bytes(16))
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    write(visitor, "I am pregnant")
    assert Inquiry.objects.get().priority == 1


@pytest.mark.parametrize("more", [{"danger_now": "yes"}, {"message": DANGER}])
def test_the_form_sent_a_second_time(riverside, visitor, more):
    form = filled(visitor.get("/contact/"))
    visitor.post("/contact/", form)
    for _again in range(2):
        answer = visitor.post("/contact/", form | more)
    inquiry = Inquiry.objects.get()
    assert (inquiry.priority, inquiry.queue_rank) == (1, 1)
    assert of_danger().count() == 1
    assert SHOWN in visitor.get(answer["Location"]).content.decode()


def test_what_is_added_to_how_to_be_reached(opened, received):
    page = opened.get("/mailbox/contact/")
    change = {"mailbox": hidden(page, "mailbox"), "contact_way": "mailbox", "other_notes": DANGER}
    for _again in range(2):
        assert opened.post("/mailbox/contact/", change).status_code == 303
    assert Inquiry.objects.get().priority == 1
    assert of_danger().count() == 1


def test_what_looked_like_spam_comes_back_with_danger(riverside, visitor):
    form = filled(visitor.get("/contact/"), website="x")
    visitor.post("/contact/", form)
    assert Inquiry.objects.get().outcome == "spam"
    visitor.post("/contact/", form | {"danger_now": "yes"})
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.outcome, inquiry.queue_rank) == ("new", "", 1)


def test_at_night_danger_rings_the_person_on_call_whoever_has_the_case(received, amara):
    caller = type(amara).objects.create_user("caller", "caller@example.org", is_staff=True)
    OnCallShift.objects.create(user=caller, starts_at=MONDAY_NIGHT - dt.timedelta(hours=1), ends_at=MONDAY_NIGHT + dt.timedelta(hours=8))
    amara.email = "amara@example.org"
    amara.save()
    amara.memberships.update(quiet_from=dt.time(21), quiet_until=dt.time(7))
    triage.claim(received.inquiry, by=amara)
    Inquiry.objects.update(priority=1)
    received.inquiry.refresh_from_db()
    assert dict(recipients.recipients_for(received.inquiry, Kind.DANGER, MONDAY_NIGHT))[caller] == MONDAY_NIGHT
    assert caller not in dict(recipients.recipients_for(received.inquiry, Kind.VISITOR_WROTE, MONDAY_NIGHT))


def test_the_mail_says_where_and_not_what(received):
    subject, body = staff_text.subject_and_body(received.inquiry, Kind.DANGER, ZoneInfo("America/New_York"))
    assert received.inquiry.reference in subject
    assert f"/admin/intake/inquiry/{received.inquiry.reference}/" in body
    assert "Hello" not in body
