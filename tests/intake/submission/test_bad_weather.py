"""Whatever breaks: nobody is told "sent" for what isn't stored, or "failed" for what is, and no word is lost."""

import datetime as dt
import secrets
import sqlite3

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from intake.assessment import rate_limits
from intake.models import Delivery, Inquiry, MailboxSession, Message
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
    """A database that reads and refuses every write, with the words of a full or read-only disk."""

    def __init__(self, reason):
        self.reason = reason

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError(self.reason)
        return execute(sql, params, many, context)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["database or disk is full", "attempt to write a readonly database", "database is locked"])
def test_a_database_that_refuses_writes_is_said_and_the_words_stay(riverside, visitor, reason):
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
def test_a_database_that_is_gone_keeps_the_words_too(riverside, visitor, error):
    form = form_of(visitor.get("/contact/"))

    def gone(*args):
        raise error

    with connection.execute_wrapper(gone):
        answer = visitor.post("/contact/", form)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.django_db
def test_stored_but_the_answer_got_lost_the_second_try_says_sent(riverside, visitor, monkeypatch):
    page, put = visitor.get("/contact/"), receipt_cookie.put

    def breaks(*args):
        raise OSError

    monkeypatch.setattr(receipt_cookie, "put", breaks)
    visitor.raise_request_exception = False
    visitor.post("/contact/", form_of(page))
    assert Inquiry.objects.count() == 1
    monkeypatch.setattr(receipt_cookie, "put", put)
    assert visitor.post("/contact/", form_of(page)).status_code == 303
    assert Inquiry.objects.count() == 1
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_message_that_can_not_be_stored_stays_in_its_form(riverside, visitor, said):
    received = receive.receive(said, form_token=secrets.token_bytes(16))
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
    assert Delivery.objects.get().state == "pending"


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
    assert not Delivery.objects.filter(state="pending", channel="all").exists()
    assert not MailboxSession.objects.exists()


def lose_the_answer_to(commits, monkeypatch):
    """Let the last of so many commits be done while its answer never comes back."""
    done, real = [], connection.commit

    def commit():
        real()
        done.append(1)
        if len(done) == commits:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", commit)


@pytest.mark.django_db(transaction=True)
def test_stored_though_the_answer_of_the_database_got_lost_is_told_as_sent(riverside, visitor, monkeypatch):
    form = form_of(visitor.get("/contact/"))
    lose_the_answer_to(2, monkeypatch)  # the first counts the try
    assert visitor.post("/contact/", form).status_code == 303
    assert Inquiry.objects.count() == 1
    assert not Message.objects.exists()
    assert 'class="receipt"' in visitor.get("/contact/sent/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_message_that_is_stored_is_never_told_as_failed(riverside, visitor, said, monkeypatch):
    received = receive.receive(said, form_token=secrets.token_bytes(16))
    visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    page = visitor.get("/mailbox/open/")
    form = {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": WORDS}
    lose_the_answer_to(2, monkeypatch)
    assert visitor.post("/mailbox/open/", form).status_code == 303
    assert Message.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["𠜎𠜱𡿨", "Ñandú 🦙", "أمينة", "a\u200bb", "'; DROP TABLE intake_inquiry; --", "{{ 7|add:7 }}", "<script>x</script>"]
)
def test_any_name_is_taken_and_shown_as_it_is_never_run(riverside, visitor, name):
    page = visitor.post("/contact/", form_of(visitor.get("/contact/")) | {"name": name, "for_whom": ""})
    assert page.status_code == 422
    assert "<script>x" not in page.content.decode()
    assert 'value="14"' not in page.content.decode()
    assert visitor.post("/contact/", form_of(page) | {"name": name}).status_code == 303
    assert Inquiry.objects.count() == 1


@pytest.mark.django_db
def test_bytes_that_are_no_text_get_a_page_too(riverside, visitor):
    body = b"for_whom=self&contact_way=mailbox&message=%FF%FE%00%01&token=%00"
    answer = visitor.post("/contact/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


@pytest.mark.django_db
def test_thousands_of_fields_get_a_clear_page(riverside, visitor):
    answer = visitor.post("/contact/", form_of(visitor.get("/contact/")) | {f"x{number}": "1" for number in range(1500)})
    assert answer.status_code == 413
    assert not Inquiry.objects.exists()


@pytest.mark.django_db
def test_a_limit_that_can_not_be_counted_does_not_lose_the_words(riverside, visitor, monkeypatch):
    def breaks(*args):
        raise sqlite3.OperationalError

    monkeypatch.setattr(rate_limits, "count", breaks)
    answer = visitor.post("/contact/", form_of(visitor.get("/contact/")))
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.django_db
def test_an_outbox_row_that_can_never_be_sent_does_not_stop_the_others(riverside, said, amara):
    for _number in range(2):
        receive.receive(said, form_token=secrets.token_bytes(16))
    broken, fine = Delivery.objects.order_by("next_attempt_at")
    Delivery.objects.filter(pk=broken.pk).update(channel="webhook", kind="no such kind")
    outbox.sweep(timezone.now())
    assert Delivery.objects.get(pk=fine.pk).state == "sent"
