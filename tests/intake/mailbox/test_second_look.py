"""The worker reads again, by the meaning of the sentences, what the first look found nothing in. A stand-in plays the model."""

import secrets
import sys

import pytest
from django.test import Client

from danger import stage_two
from danger.assess import assess
from danger.levels import Level
from intake.assessment.spam import FormSigns
from intake.cases.inquiry_data import InquiryData
from intake.crypto import receipts
from intake.mailbox import contact_preferences
from intake.models import Alarm, Inquiry, Notification, Receipt
from intake.notifications import outbox
from intake.submission import receive
from tests.intake.mailbox.test_danger_escalation import write

pytestmark = pytest.mark.django_db
QUIET = "The winter is long at my house."
SURE, UNSURE = 0.9999, 0.0001


@pytest.fixture
def model_says(monkeypatch):
    """Return a function that makes the model give every sentence a score."""

    def says(score):
        code = f"import json, sys; print(json.dumps([{score}] * len(json.load(sys.stdin))))"
        monkeypatch.setattr(stage_two, "COMMAND", (sys.executable, "-c", code))

    monkeypatch.setattr(stage_two, "is_installed", lambda: True)
    return says


def receive_from_wren(text=QUIET):
    return receive.receive(InquiryData(message=text), form_token=secrets.token_bytes(16))


def second_looks():
    return Notification.objects.filter(channel="second_look")


def test_an_inquiry_that_only_the_model_finds_dangerous_is_raised_and_the_staff_are_notified(riverside, model_says):
    assert assess(QUIET).level == Level.NONE
    model_says(SURE)
    receive_from_wren()
    assert (Inquiry.objects.get().priority, Inquiry.objects.get().priority_reasons) == (3, [])

    outbox.send_all_due()

    inquiry = Inquiry.objects.get()
    assert (inquiry.priority, inquiry.priority_reasons) == (1, ["unclear"])
    assert Notification.objects.filter(kind="danger").exists()
    assert second_looks().get().state == "sent"


def test_a_message_that_only_the_model_finds_dangerous_is_raised_too(riverside, model_says):
    model_says(UNSURE)
    received = receive_from_wren("Hello")
    visitor = Client(enforce_csrf_checks=True)
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    outbox.send_all_due()
    assert Inquiry.objects.get().priority == 3

    model_says(SURE)
    write(visitor, QUIET)
    outbox.send_all_due()

    assert (Inquiry.objects.get().priority, Inquiry.objects.get().priority_reasons) == (1, ["unclear"])


def test_each_message_is_looked_at_once_so_an_earlier_one_notifies_nobody_again(riverside, model_says):
    received = receive_from_wren("Hello")
    visitor = Client(enforce_csrf_checks=True)
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    model_says(SURE)
    write(visitor, QUIET)
    outbox.send_all_due()
    of_danger = Notification.objects.filter(kind="danger").count()

    model_says(UNSURE)
    write(visitor, "Thank you.")
    outbox.send_all_due()

    assert second_looks().count() == 3
    assert Notification.objects.filter(kind="danger").count() == of_danger


def test_the_model_lowers_nothing(riverside, model_says):
    model_says(UNSURE)
    receive_from_wren("I want to die")
    outbox.send_all_due()
    assert (Inquiry.objects.get().priority, Inquiry.objects.get().priority_reasons) == (1, ["suicide"])


def test_a_model_that_fails_leaves_the_first_look(riverside, model_says, monkeypatch):
    monkeypatch.setattr(stage_two, "COMMAND", (sys.executable, "-c", "import sys; sys.exit(3)"))
    receive_from_wren()
    outbox.send_all_due()
    assert Inquiry.objects.get().priority == 3
    assert second_looks().get().state == "sent"


def test_without_the_package_nothing_is_queued(riverside, monkeypatch):
    monkeypatch.setattr(stage_two, "is_installed", lambda: False)
    receive_from_wren()
    assert not second_looks().exists()


def test_a_public_server_has_no_case_key_and_leaves_it_to_the_staffs_worker(riverside, model_says, settings):
    model_says(SURE)
    settings.SERVES_STAFF = False
    receive_from_wren()
    outbox.send_all_due()
    assert second_looks().get().state == "pending"
    assert Inquiry.objects.get().priority == 3

    settings.SERVES_STAFF = True
    outbox.send_all_due()
    assert Inquiry.objects.get().priority == 1


def receive_spam(text=QUIET):
    return receive.receive(
        InquiryData(message=text), form_token=secrets.token_bytes(16), signs=FormSigns(trap_filled=True, seconds_open=0)
    ).inquiry


def test_danger_that_only_the_model_finds_is_not_held_back_as_spam(riverside, model_says):
    model_says(SURE)
    inquiry = receive_spam()
    assert (inquiry.state, inquiry.outcome) == ("closed", "spam")

    outbox.send_all_due()

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.priority) == ("new", "", 1)
    assert Alarm.objects.get(inquiry=inquiry).acknowledged_at is None


def test_what_is_only_urgent_comes_back_from_spam_as_a_new_inquiry(riverside, model_says):
    head = stage_two._head()
    model_says((head["look"] + head["alarm"]) / 2)
    inquiry = receive_spam()
    outbox.send_all_due()
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.priority) == ("new", "", 2)
    assert Notification.objects.filter(kind="new_inquiry", channel="all").exists()
    assert not Alarm.objects.exists()


def test_spam_in_which_the_model_hears_nothing_stays_spam(riverside, model_says):
    model_says(UNSURE)
    inquiry = receive_spam()
    outbox.send_all_due()
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.outcome, inquiry.priority) == ("closed", "spam", 3)


def changes_notes(received, notes):
    inquiry = Inquiry.objects.get()
    key = receipts.unwrap(Receipt.objects.get().wrapped, inquiry.pk, receipts.derive(received.receipt)[1])
    contact_preferences.change(inquiry, key, InquiryData(other_notes=notes))


def test_changed_notes_on_contact_are_looked_at_too(riverside, model_says):
    received = receive_from_wren("Hello")
    model_says(UNSURE)
    outbox.send_all_due()
    model_says(SURE)
    changes_notes(received, QUIET)
    outbox.send_all_due()
    assert (Inquiry.objects.get().priority, Inquiry.objects.get().priority_reasons) == (1, ["unclear"])


def test_of_changed_notes_only_the_notes_are_looked_at(riverside, model_says, monkeypatch):
    received = receive_from_wren("The first message")
    model_says(UNSURE)
    outbox.send_all_due()
    looked_at = []
    monkeypatch.setattr(stage_two, "raised", lambda text, *_more: looked_at.append(text))
    changes_notes(received, QUIET)
    changes_notes(received, QUIET)
    outbox.send_all_due()
    assert looked_at == [QUIET]


def test_what_stands_beside_a_changed_number_is_looked_at_too(riverside, model_says, monkeypatch):
    received = receive_from_wren("The first message")
    model_says(UNSURE)
    outbox.send_all_due()
    looked_at = []
    monkeypatch.setattr(stage_two, "raised", lambda text, *_more: looked_at.append(text))
    key = receipts.unwrap(Receipt.objects.get().wrapped, Inquiry.objects.get().pk, receipts.derive(received.receipt)[1])
    beside = InquiryData(contact_way="phone", phone="+12125550143", phone_note=QUIET)
    contact_preferences.change(Inquiry.objects.get(), key, beside)
    outbox.send_all_due()
    assert looked_at == [QUIET]
