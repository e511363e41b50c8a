"""Failures while sending: a visitor is told "sent" exactly if the inquiry is stored, and no typed text is lost."""

import datetime as dt
import secrets
import sqlite3

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from intake.assessment import rate_limits
from intake.models import Inquiry, MailboxSession, Message, Notification
from intake.notifications import outbox
from intake.submission import form_tokens, receipt_cookie, receive
from tests.intake.pages import hidden
from tests.support import housekeeping

WORDS = "these words must not be lost"


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


def form_of(page):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": WORDS}


class Refusing:
    """A database that refuses every write, with the error messages of a full or read-only disk."""

    def __init__(self, reason):
        self.reason = reason

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError(self.reason)
        return execute(sql, params, many, context)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["database or disk is full", "attempt to write a readonly database", "database is locked"])
def test_when_the_database_refuses_writes_the_visitor_is_told_and_the_text_is_kept(riverside, visitor, reason):
    page = visitor.get("/contact/")
    with connection.execute_wrapper(Refusing(reason)):
        answer = visitor.post("/contact/", form_of(page))
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert "could not take your request" in answer.content.decode()
    assert not answer.cookies
    assert not Inquiry.objects.exists()
    assert visitor.post("/contact/", form_of(answer)).status_code == 303
    assert Inquiry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("could not connect to server"), InterfaceError("connection already closed")])
def test_the_text_is_kept_when_the_database_is_unavailable(riverside, visitor, error):
    form = form_of(visitor.get("/contact/"))

    def gone(*args):
        raise error

    with connection.execute_wrapper(gone):
        answer = visitor.post("/contact/", form)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.django_db
def test_after_an_error_past_the_commit_the_second_try_is_reported_as_sent(riverside, visitor, monkeypatch):
    page, set_cookie = visitor.get("/contact/"), receipt_cookie.set_cookie

    def breaks(*args):
        raise OSError

    monkeypatch.setattr(receipt_cookie, "set_cookie", breaks)
    visitor.raise_request_exception = False
    visitor.post("/contact/", form_of(page))
    assert Inquiry.objects.count() == 1
    monkeypatch.setattr(receipt_cookie, "set_cookie", set_cookie)
    assert visitor.post("/contact/", form_of(page)).status_code == 303
    assert Inquiry.objects.count() == 1
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_message_that_can_not_be_stored_stays_in_its_form(riverside, visitor, inquiry_data):
    received = receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    page = visitor.get("/mailbox/open/")
    form = {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": WORDS}
    with connection.execute_wrapper(Refusing("database or disk is full")):
        answer = visitor.post("/mailbox/open/", form)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert hidden(answer, "token") == form["token"]
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_mail_server_that_is_down_never_delays_the_visitor(riverside, visitor, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert visitor.post("/contact/", form_of(visitor.get("/contact/"))).status_code == 303
    assert Notification.objects.get().state == "pending"


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_jumps_loses_nothing(riverside, visitor, monkeypatch, hours):
    page = visitor.get("/contact/")
    real = timezone.now
    shift = dt.timedelta(hours=hours)
    monkeypatch.setattr(timezone, "now", lambda: real() + shift)
    monkeypatch.setattr(form_tokens.time, "time", (real() + shift).timestamp)
    assert visitor.post("/contact/", form_of(page)).status_code == 303
    assert Inquiry.objects.get().state == "new"
    assert 'class="receipt"' in visitor.get("/contact/sent/").content.decode()
    monkeypatch.undo()
    # What is due by either clock goes out, and what is left open ends.
    housekeeping.run(real() + abs(shift) * 2)
    assert not Notification.objects.filter(state="pending", channel="all").exists()
    assert not MailboxSession.objects.exists()


def lose_the_answer_to_the_commit(monkeypatch):
    """Let the next commit be done while its answer never comes back."""
    done, real = [], connection.commit

    def commit():
        real()
        done.append(1)
        if len(done) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", commit)


@pytest.mark.django_db(transaction=True)
def test_an_inquiry_committed_despite_an_error_is_reported_as_sent(riverside, visitor, monkeypatch):
    form = form_of(visitor.get("/contact/"))
    lose_the_answer_to_the_commit(monkeypatch)
    assert visitor.post("/contact/", form).status_code == 303
    assert Inquiry.objects.count() == 1
    assert not Message.objects.exists()
    assert 'class="receipt"' in visitor.get("/contact/sent/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_stored_message_is_never_reported_as_failed(riverside, visitor, inquiry_data, monkeypatch):
    received = receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    page = visitor.get("/mailbox/open/")
    form = {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": WORDS}
    lose_the_answer_to_the_commit(monkeypatch)
    assert visitor.post("/mailbox/open/", form).status_code == 303
    assert Message.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["𠜎𠜱𡿨", "Ñandú 🦙", "أمينة", "a\u200bb", "'; DROP TABLE intake_inquiry; --", "{{ 7|add:7 }}", "<script>x</script>"]
)
def test_any_name_is_accepted_and_displayed_escaped(riverside, visitor, name):
    page = visitor.post("/contact/", form_of(visitor.get("/contact/")) | {"name": name, "for_whom": ""})
    assert page.status_code == 422
    assert "<script>x" not in page.content.decode()
    assert 'value="14"' not in page.content.decode()
    assert visitor.post("/contact/", form_of(page) | {"name": name}).status_code == 303
    assert Inquiry.objects.count() == 1


@pytest.mark.django_db
def test_undecodable_bytes_get_an_error_page(riverside, visitor):
    body = b"for_whom=self&contact_way=mailbox&message=%FF%FE%00%01&token=%00"
    answer = visitor.post("/contact/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


@pytest.mark.django_db
def test_thousands_of_fields_get_a_clear_page(riverside, visitor):
    answer = visitor.post("/contact/", form_of(visitor.get("/contact/")) | {f"x{number}": "1" for number in range(1500)})
    assert answer.status_code == 413
    assert not Inquiry.objects.exists()


@pytest.mark.django_db
def test_the_text_is_kept_when_the_rate_limit_can_not_be_counted(riverside, visitor, monkeypatch):
    def breaks(*args):
        raise sqlite3.OperationalError

    monkeypatch.setattr(rate_limits, "check", breaks)
    answer = visitor.post("/contact/", form_of(visitor.get("/contact/")))
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.django_db
def test_an_outbox_row_that_can_never_be_sent_does_not_stop_the_others(riverside, inquiry_data, amara):
    for _number in range(2):
        receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    broken, fine = Notification.objects.order_by("next_attempt_at")
    Notification.objects.filter(pk=broken.pk).update(channel="webhook", kind="no such kind")
    outbox.send_all_due(timezone.now())
    assert Notification.objects.get(pk=fine.pk).state == "sent"
