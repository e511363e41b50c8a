"""A visitor who asked for it is told that an answer waits: neutrally, once, until they looked or said stop."""

import re
import secrets

import pytest
from django.test import Client
from django.utils import timezone

from intake import triage
from intake.cases.inquiry_data import InquiryData
from intake.mailbox import contact_preferences
from intake.models import Delivery, Event, Inquiry
from intake.notifications import outbox
from intake.notifications.channels import visitor_email
from intake.submission import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(riverside):
    said = InquiryData(name="Quillon", email="quillon@example.org", message="zzyzxword", consents=["tell_of_answer"])
    return receive.receive(said, form_token=secrets.token_bytes(16))


def answered(inquiry, by):
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="Come on Tuesday", by=by, version=inquiry.version)
    for delivery in Delivery.objects.filter(channel="visitor", state="pending"):
        outbox.deliver(str(delivery.pk), timezone.now())


def test_the_whole_mail(received, amara, smtp_server):
    answered(received.inquiry, amara)
    [mail] = smtp_server.messages
    assert (mail["To"], mail["Subject"], mail["Reply-To"]) == ("quillon@example.org", "A message is waiting", None)
    assert mail.get_content().replace("\r\n", "\n") == (
        "A message is waiting for you.\n\n"
        "Open it with your words:\nhttp://127.0.0.1:8000/mailbox/\n\n"
        "You asked for this note. To stop these notes, open your mailbox there and switch them off.\n\n"
        "Please do not answer this e-mail. Nobody reads the answers.\n"
    )
    assert Event.objects.filter(kind=Event.Kind.VISITOR_TOLD).count() == 1


def test_in_their_language(received):
    Inquiry.objects.update(language="es")
    assert "/es/mailbox/" in visitor_email.text("es")[1]


def test_one_mail_until_they_looked(received, amara, smtp_server):
    answered(received.inquiry, amara)
    answered(received.inquiry, amara)
    assert len(smtp_server.messages) == 1
    Client().post("/mailbox/", {"words": " ".join(received.receipt)})
    answered(received.inquiry, amara)
    assert len(smtp_server.messages) == 2


@pytest.mark.parametrize("end", [contact_preferences.tell_no_more, contact_preferences.no_longer_safe])
def test_it_ends_when_they_say_so_even_for_what_waits_to_be_sent(received, amara, smtp_server, end):
    received.inquiry.refresh_from_db()
    triage.reply(received.inquiry, text="Come on Tuesday", by=amara, version=received.inquiry.version)
    end(received.inquiry)
    for delivery in Delivery.objects.filter(channel="visitor"):
        outbox.deliver(str(delivery.pk), timezone.now())
    assert smtp_server.messages == []


def test_who_did_not_ask_is_never_mailed(riverside, amara, smtp_server):
    said = InquiryData(email="quillon@example.org", contact_way="email", consents=["email"])
    answered(receive.receive(said, form_token=secrets.token_bytes(16)).inquiry, amara)
    assert smtp_server.messages == []
    assert not Delivery.objects.filter(channel="visitor").exists()


def test_the_address_is_in_no_row(received, amara):
    answered(received.inquiry, amara)
    assert not any(re.search("quillon", repr(row)) for row in Delivery.objects.values())
