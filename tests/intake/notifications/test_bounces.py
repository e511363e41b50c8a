"""A mail that a server took and sent back later: Amara reads at the case why, and the case comes back."""

import io
import secrets
import sys

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from intake import triage
from intake.cases.inquiry_data import InquiryData
from intake.models import Event, Inquiry, Notification
from intake.notifications import bounces, outbox
from intake.notifications.kinds import Kind
from intake.submission import receive
from tests.people import member

pytestmark = pytest.mark.django_db

POSTFIX = """\
Return-Path: <>
Received: by mail.example.org (Postfix) id 4ABC123; Sun, 29 Nov 2026 20:00:00 +0000 (UTC)
Date: Sun, 29 Nov 2026 20:00:00 +0000 (UTC)
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: no-reply@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4ABC123.1796000000/mail.example.org"
Content-Transfer-Encoding: 8bit

This is a MIME-encapsulated message.

--4ABC123.1796000000/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not be delivered.

<{to}>: host mx.example.net[192.0.2.7] said: 550 {status} no such user

--4ABC123.1796000000/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4ABC123
Arrival-Date: Sun, 29 Nov 2026 19:59:58 +0000 (UTC)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 {status} no such user

--4ABC123.1796000000/mail.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <no-reply@example.org>
Received: from app (localhost [127.0.0.1])
Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Subject: A message is waiting
From: no-reply@example.org
To: {to}
Auto-Submitted: auto-generated
Message-ID: {message_id}

A message is waiting for you.

--4ABC123.1796000000/mail.example.org--
"""

# As Exim and Exchange write them: CRLF, the headers alone, other cases of the letters, a folded Message-ID.
HEADERS_ALONE = """\
From: Mail Delivery System <Mailer-Daemon@mx.example.net>\r
To: no-reply@example.org\r
Content-Type: multipart/report; report-type="Delivery-Status"; boundary=b1\r
MIME-Version: 1.0\r
Subject: Mail delivery failed: returning message to sender\r
\r
--b1\r
Content-type: text/plain; charset=us-ascii\r
\r
This message was created automatically by mail delivery software.\r
\r
--b1\r
Content-type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.net\r
\r
Action: Failed\r
Final-Recipient: RFC822;{to}\r
Status: {status} (some words)\r
\r
--b1\r
Content-type: text/rfc822-headers\r
\r
message-id:\r
 {message_id}\r
to: "Somebody" <{to}>\r
subject: A message is waiting\r
\r
--b1--\r
"""


def report(notification, form=POSTFIX, *, to="quillon@example.org", status="5.1.1", action="failed"):
    message_id = f"<notification.{notification.pk.hex}@example.org>"
    return form.replace("{to}", to).replace("{status}", status).replace("{action}", action).replace("{message_id}", message_id).encode()


@pytest.fixture
def answered(riverside, amara):
    """Amara answered Quillon, and the mail server took the note that an answer waits."""
    said = InquiryData(name="Quillon", email="quillon@example.org", message="zzyzxword", consents=["tell_of_answer"])
    inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
    answer(inquiry, amara)
    return inquiry


def answer(inquiry, amara):
    inquiry.refresh_from_db()
    triage.reply(inquiry, text="Come on Tuesday", by=amara, version=inquiry.version)
    outbox.send_all_due()
    inquiry.refresh_from_db()


def note(state="sent"):
    return Notification.objects.filter(channel="visitor_email", state=state).latest("id")


def case_page(client, inquiry):
    return client.get(reverse("admin:intake_inquiry_case", args=[inquiry.reference])).content.decode()


@pytest.mark.parametrize("form", [POSTFIX, HEADERS_ALONE], ids=["whole mail", "headers alone"])
@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", "was refused: the address does not exist."),
        ("5.2.2", "was refused: their mailbox is full."),
        ("5.7.1", "was refused by their mail server."),
        ("4.4.7", "could not be delivered, though it was tried for a day."),
    ],
)
def test_amara_reads_why_and_the_case_comes_back(answered, client, amara, form, status, words):  # noqa: PLR0917 (fixtures)
    assert answered.state == Inquiry.State.WAITING
    assert bounces.take(report(note(), form, status=status), timezone.now())
    answered.refresh_from_db()
    assert answered.state == Inquiry.State.OPEN
    assert note("dead").last_error == "Bounced"
    client.force_login(amara)
    page = case_page(client, answered)
    assert words in page
    assert "They don’t know yet that you answered." in page


def test_the_mails_message_id_is_what_the_report_quotes(answered, mailoutbox):
    [mail] = [mail for mail in mailoutbox if mail.to == ["quillon@example.org"]]
    assert mail.message()["Message-ID"].startswith(f"<notification.{note().pk.hex}@")


def test_the_same_report_twice_is_one_event(answered):
    raw = report(note())
    assert bounces.take(raw, timezone.now())
    assert not bounces.take(raw, timezone.now())
    assert Event.objects.filter(kind=Event.Kind.VISITOR_NOT_TOLD).count() == 1


def test_the_next_reply_is_told_of_again(answered, amara, mailoutbox):
    bounces.take(report(note()), timezone.now())
    mailoutbox.clear()
    answer(answered, amara)
    assert [mail.to for mail in mailoutbox] == [["quillon@example.org"]]
    assert answered.state == Inquiry.State.WAITING


def test_a_reply_that_was_read_brings_nothing_back(answered):
    answered.messages.update(read_at=timezone.now())
    assert bounces.take(report(note()), timezone.now())
    answered.refresh_from_db()
    assert answered.state == Inquiry.State.WAITING


@pytest.mark.parametrize(
    "change",
    [
        ("Action: failed", "Action: delayed"),
        ("report-type=delivery-status", "report-type=disposition-notification"),
        ("multipart/report", "multipart/mixed"),
        ("Message-ID: <notification.", "Message-ID: <other."),
        ("Message-ID: ", "X-Message-ID: "),
        ("Content-Type: message/rfc822", "Content-Type: application/octet-stream"),
        ("@example.org>\n\nA message", "@example.org> <x>\n\nA message"),
    ],
)
def test_a_delay_an_answer_and_what_quotes_no_mail_of_ours_change_nothing(answered, change):
    raw = report(note()).decode().replace(*change).encode()
    assert raw != report(note())
    assert not bounces.take(raw, timezone.now())
    answered.refresh_from_db()
    assert answered.state == Inquiry.State.WAITING


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\x00\xfe", b"Hello", b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts", b"a" * 3_000_000]
)
def test_no_input_is_an_error(raw):
    assert bounces.read(raw) is None
    assert not bounces.take(raw, timezone.now())


def test_a_report_with_an_id_that_somebody_made_up_changes_nothing(answered):
    raw = report(note()).replace(note().pk.hex.encode(), b"0" * 32)
    assert not bounces.take(raw, timezone.now())


def test_what_was_not_sent_yet_can_not_come_back(answered):
    raw = report(note())
    Notification.objects.filter(pk=note().pk).update(state="pending")
    assert not bounces.take(raw, timezone.now())


def test_a_colleagues_address_is_refused_and_only_the_one_that_it_went_to(riverside, inquiry):
    cleo = member("cleo", "Cleo Park", riverside, "triage", email="cleo@example.org")
    outbox.send_all_due()
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry, channel="staff_email", to=cleo)
    outbox.send_all_due()
    sent = Notification.objects.filter(recipient=cleo, state="sent").latest("id")
    User.objects.filter(pk=cleo.pk).update(email="cleo.park@example.org")
    assert not bounces.take(report(sent, to="cleo@example.org"), timezone.now())
    User.objects.filter(pk=cleo.pk).update(email="Cleo@example.org")
    assert bounces.take(report(sent, to="cleo@example.org"), timezone.now())
    cleo.refresh_from_db()
    assert cleo.email_refused_at is not None
    assert Notification.objects.filter(kind=Kind.ADDRESS_REFUSED.value).exists()


def piped(monkeypatch, raw):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    output = io.StringIO()
    call_command("read_delivery_report", verbosity=2, stdout=output)
    return output.getvalue().strip()


def test_a_mail_server_pipes_reports_to_the_command(answered, monkeypatch):
    assert piped(monkeypatch, report(note())) == "A notification came back."
    assert piped(monkeypatch, b"Subject: thank you\n\nfor calling") == "No report about a notification."


def test_while_the_database_is_away_the_mail_server_tries_later(answered, monkeypatch):
    def away(*_args):
        raise DatabaseError

    monkeypatch.setattr(bounces, "take", away)
    with pytest.raises(SystemExit) as ended:
        piped(monkeypatch, report(note()))
    assert ended.value.code == 75


def test_no_address_gets_into_a_row_or_a_log(answered, caplog):
    bounces.take(report(note()), timezone.now())
    assert "quillon" not in caplog.text
    assert "quillon" not in repr(list(Event.objects.values())) + repr(list(Notification.objects.values()))
