"""What is refused for good is tried once, shows where somebody can act on it, and brings the case back."""

import secrets

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from intake import triage
from intake.cases.inquiry_data import InquiryData
from intake.models import Event, Inquiry, Notification
from intake.notifications import outbox
from intake.notifications.kinds import Kind
from intake.submission import receive
from tests.people import member

pytestmark = pytest.mark.django_db
NO_SUCH_ADDRESS = "550 5.1.1 No such user here: quillon@example.org"


@pytest.fixture
def received(riverside):
    said = InquiryData(name="Quillon", email="quillon@example.org", message="zzyzxword", consents=["tell_of_answer"])
    return receive.receive(said, form_token=secrets.token_bytes(16)).inquiry


@pytest.fixture
def answered(received, amara):
    """Amara answers."""

    def answer():
        received.refresh_from_db()
        triage.reply(received, text="Come on Tuesday", by=amara, version=received.version)
        outbox.send_all_due()
        received.refresh_from_db()
        return Notification.objects.filter(channel="visitor_email").latest("id")

    return answer


def case_page(client, inquiry):
    return client.get(reverse("admin:intake_inquiry_case", args=[inquiry.reference])).content.decode()


@pytest.mark.parametrize(
    ("reply", "why", "words"),
    [
        (NO_SUCH_ADDRESS, "no_address", "was refused: the address does not exist."),
        ("550 Unknown", "no_address", "was refused: the address does not exist."),
        ("552 5.2.2 Over quota", "full", "was refused: their mailbox is full."),
        ("554 5.6.0 We take no such mail", "refused", "was refused by their mail server."),
    ],
)
def test_a_mail_refused_for_good_is_tried_once_and_amara_reads_why(  # noqa: PLR0917 (fixtures)
    answered, received, client, amara, smtp_server, reply, why, words
):
    smtp_server.refuse_with = reply
    notification = answered()
    assert (notification.state, notification.attempts, notification.last_error) == ("dead", 1, "Undeliverable")
    assert (received.state, received.first_response_at is not None) == (Inquiry.State.OPEN, True)
    event = Event.objects.get(kind=Event.Kind.VISITOR_NOT_TOLD)
    assert event.data == {"by": "system", "way": "email", "why": why}
    client.force_login(amara)
    page = case_page(client, received)
    assert page.count(words) == 2  # at the message, and in the history
    assert "They don’t know yet that you answered." in page


@pytest.mark.parametrize("reply", ["451 4.3.0 Try later", "550 5.7.1 Relaying denied", "421 Busy"])
def test_what_may_pass_is_tried_again(answered, received, smtp_server, reply):
    smtp_server.refuse_with = reply
    notification = answered()
    assert (notification.state, notification.attempts) == ("pending", 1)
    assert received.state == Inquiry.State.WAITING
    assert not Event.objects.filter(kind=Event.Kind.VISITOR_NOT_TOLD).exists()


def test_after_the_last_try_the_case_comes_back_as_well(answered, received, smtp_server):
    smtp_server.refuse_with = "451 4.3.0 Try later"
    notification = answered()
    Notification.objects.filter(pk=notification.pk).update(attempts=outbox.MOST_TRIES, next_attempt_at=timezone.now())
    outbox.send_all_due()
    received.refresh_from_db()
    assert Event.objects.get(kind=Event.Kind.VISITOR_NOT_TOLD).data["why"] == "tried"
    assert received.state == Inquiry.State.OPEN


def test_a_reply_that_was_read_all_the_same_brings_nothing_back(answered, received, smtp_server):
    smtp_server.refuse_with = "451 4.3.0 Try later"
    notification = answered()
    received.messages.update(read_at=timezone.now())
    smtp_server.refuse_with = NO_SUCH_ADDRESS
    Notification.objects.filter(pk=notification.pk).update(next_attempt_at=timezone.now())
    outbox.send_all_due()
    received.refresh_from_db()
    assert received.state == Inquiry.State.WAITING


def test_the_next_reply_shows_nothing_of_it_when_its_own_mail_goes_out(answered, received, client, amara, smtp_server):
    smtp_server.refuse_with = NO_SUCH_ADDRESS
    answered()
    smtp_server.refuse_with = ""
    answered()
    client.force_login(amara)
    assert case_page(client, received).count("They don’t know yet that you answered.") == 1
    assert received.state == Inquiry.State.WAITING


def test_no_address_gets_into_a_row_or_a_log(answered, smtp_server, caplog):
    smtp_server.refuse_with = NO_SUCH_ADDRESS
    answered()
    assert "quillon" not in " ".join(record.getMessage() for record in caplog.records if record.name.startswith("intake"))
    assert "quillon" not in repr(list(Event.objects.values())) + repr(list(Notification.objects.values()))


def test_a_text_that_the_gateway_refuses_brings_the_case_back(riverside, amara, client, gateway):
    gateway.status = 400
    said = InquiryData(name="Quillon", phone="+12125550143", message="zzyzxword", consents=["automated_text"])
    inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="Come on Tuesday", by=amara, version=inquiry.version)
    outbox.send_all_due()
    inquiry.refresh_from_db()
    client.force_login(amara)
    assert inquiry.state == Inquiry.State.OPEN
    assert "their number takes none from us" in case_page(client, inquiry)


# --- Staff ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(riverside, smtp_server, inquiry):
    """Cleo's address is refused; Luisa, who leads, gets her mail."""
    cleo = member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org")
    outbox.send_all_due()
    smtp_server.refuse_with = NO_SUCH_ADDRESS
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="staff_email", to=cleo)
    outbox.send_due()
    smtp_server.refuse_with = ""
    return cleo


def test_a_lead_is_told_when_the_address_of_a_colleague_is_refused(riverside, refused, luisa, client, smtp_server):
    User.objects.filter(pk=luisa.pk).update(email="luisa@example.org")
    smtp_server.messages.clear()
    outbox.send_all_due()
    [mail] = smtp_server.messages
    assert (mail["To"], mail["Subject"]) == ("luisa@example.org", "A colleague’s e-mail address is refused")
    client.force_login(luisa)
    front = client.get(reverse("admin:index")).content.decode()
    assert "Cleo Park (Riverside): mail to cleo@example.org is refused" in front


def test_once_and_until_a_mail_is_taken_again(refused, inquiry, smtp_server):
    for _mail in range(2):
        smtp_server.refuse_with = NO_SUCH_ADDRESS
        outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="staff_email", to=refused)
        outbox.send_due()
    assert Notification.objects.filter(kind=Kind.ADDRESS_REFUSED.value, channel="all").count() == 1
    smtp_server.refuse_with = ""
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="staff_email", to=refused)
    outbox.send_all_due()
    refused.refresh_from_db()
    assert refused.email_refused_at is None
