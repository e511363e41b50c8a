"""A visitor returns with the words of the receipt."""

import datetime as dt
import secrets

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from intake.crypto import keyring, receipts, sealing, wordlists
from intake.identifiers import new_id
from intake.mailbox import sessions
from intake.models import Inquiry, KeyWrap, MailboxSession, Message, Notification
from intake.submission import receive
from tests.intake.pages import hidden
from tests.support import housekeeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def received(riverside, inquiry_data):
    return receive.receive(inquiry_data, form_token=secrets.token_bytes(16))


@pytest.fixture
def opened(visitor, received):
    answer = visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    assert (answer.status_code, answer["Location"]) == (303, "/mailbox/open/")
    return visitor


def case_key(inquiry):
    wrap = KeyWrap.objects.get(inquiry=inquiry)
    return sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))


def staff_writes(inquiry, text):
    message_id = new_id()
    Message.objects.create(
        id=message_id,
        inquiry=inquiry,
        sender="staff",
        sent_at=timezone.now(),
        sealed=sealing.seal("message", message_id, {"text": text}, case_key(inquiry)),
    )


def note(page, text):
    return {"mailbox": hidden(page, "mailbox"), "token": hidden(page, "token"), "text": text}


def test_an_answer_is_marked_as_new_only_once(opened, received):
    staff_writes(received.inquiry, "We can see you on Tuesday.")
    page = opened.get("/mailbox/open/").content.decode()
    assert "We can see you on Tuesday." in page
    assert "zzyzxword" in page
    assert ">new<" in page
    assert ">new<" not in opened.get("/mailbox/open/").content.decode()


def test_a_message_sent_twice_reaches_staff_once(opened, received):
    form = note(opened.get("/mailbox/open/"), "Mornings are better.")
    assert opened.post("/mailbox/open/", form).status_code == 303
    assert opened.post("/mailbox/open/", form).status_code == 303
    message = Message.objects.get()
    assert sealing.open_sealed("message", message.pk, message.sealed, case_key(received.inquiry)) == {"text": "Mornings are better."}
    assert Inquiry.objects.get().has_unread_message
    assert Notification.objects.filter(kind="visitor_wrote").count() == 1


def test_a_closed_case_opens_again_when_the_visitor_writes(opened, received):
    Inquiry.objects.update(state="closed", outcome="informed", closed_at=timezone.now())
    opened.post("/mailbox/open/", note(opened.get("/mailbox/open/"), "I am still here."))
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.outcome, inquiry.closed_at) == ("open", "", None)


@pytest.mark.parametrize(
    "typed", ["apple banana cherry", "", "qqqq wwww eeee rrrr tttt yyyy", "walnut candle napkin velvet pebble ribbon apple"]
)
def test_wrong_words_open_nothing_and_say_what_to_do(visitor, received, typed):
    answer = visitor.post("/mailbox/", {"words": typed})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert typed in answer.content.decode()
    assert not answer.cookies


@pytest.mark.usefixtures("riverside")
@pytest.mark.parametrize("places", [(0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4, 5, 5)], ids=["all different", "one drawn twice"])
def test_right_and_wrong_words_take_the_same_work_up_to_the_look_up(visitor, inquiry_data, monkeypatch, places):
    plain = wordlists.words_of("en").plain
    right, wrong = tuple(plain[place] for place in places), tuple(plain[place + 100] for place in places)
    monkeypatch.setattr(receipts, "for_form", lambda *_form: right)
    received = receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    assert received.receipt == right
    slow, slow_hash = [], receipts._slow_hash
    monkeypatch.setattr(receipts, "_slow_hash", lambda words: slow.append(words) or slow_hash(words))

    def work_for(words):
        slow.clear()
        looked_up = []

        def watch(execute, sql, params, many, context):
            if "intake_receipt" in sql:
                looked_up.append((len(slow), len([value for value in params if not isinstance(value, int)])))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            answer = visitor.post("/mailbox/", {"words": " ".join(words)})
        return answer.status_code, looked_up

    # One slow hash, then one query with every order of the words.
    assert work_for(right) == (303, [(1, len(receipts.orders(right)))])
    assert work_for(wrong) == (422, [(1, len(receipts.orders(wrong)))])


def test_the_cookie_holds_no_key_and_ends_with_the_browser(visitor, received):
    answer = visitor.post("/mailbox/", {"words": " ".join(received.receipt)})
    cookie = answer.cookies["mailbox"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == ""
    row = MailboxSession.objects.get()
    assert cookie.value.encode() not in bytes(row.token_hash) + bytes(row.wrapped)


def test_without_the_cookie_there_is_no_mailbox(visitor, received):
    assert visitor.get("/mailbox/open/")["Location"] == "/mailbox/"


def test_after_fifteen_idle_minutes_it_is_closed_and_the_typed_words_are_kept(opened, received):
    form = note(opened.get("/mailbox/open/"), "a long letter")
    MailboxSession.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = opened.post("/mailbox/open/", form)
    assert answer.status_code == 403
    assert "a long letter" in answer.content.decode()
    assert not Message.objects.exists()
    assert housekeeping.run(timezone.now())["mailboxes_closed"] == 1
    assert not MailboxSession.objects.exists()


def test_reading_extends_the_session(opened, received):
    soon = timezone.now() + dt.timedelta(minutes=2)
    MailboxSession.objects.update(expires_at=soon)
    opened.get("/mailbox/open/")
    assert MailboxSession.objects.get().expires_at > soon + dt.timedelta(minutes=10)


def test_the_close_button_ends_the_session(opened, received):
    page = opened.get("/mailbox/open/")
    answer = opened.post("/mailbox/open/", {"mailbox": hidden(page, "mailbox"), "close": "1"})
    assert answer["Location"] == "/mailbox/?closed=1"
    assert not MailboxSession.objects.exists()


def test_a_form_that_was_not_made_in_this_mailbox_is_refused(opened, received):
    form = note(opened.get("/mailbox/open/"), "forged") | {"mailbox": "0" * 64}
    assert opened.post("/mailbox/open/", form).status_code == 403
    assert not Message.objects.exists()


def test_one_mailbox_never_shows_another(visitor, received, riverside, inquiry_data):
    other = receive.receive(inquiry_data.__class__(message="somebody else's words"), form_token=secrets.token_bytes(16))
    visitor.post("/mailbox/", {"words": " ".join(other.receipt)})
    page = visitor.get("/mailbox/open/").content.decode()
    assert "somebody else" in page
    assert "zzyzxword" not in page


def test_a_stolen_row_without_the_token_opens_nothing(opened, received):
    row = MailboxSession.objects.get()
    assert sessions.read(bytes(row.token_hash).hex()) is None


def test_changing_the_language_keeps_the_words(opened, received):
    page = opened.get("/mailbox/open/")
    assert 'formaction="/es/mailbox/open/#main"' in page.content.decode()
    spanish = opened.post("/es/mailbox/open/", note(page, "todavía aquí") | {"go": "language"})
    assert '<html lang="es"' in spanish.content.decode()
    assert "todavía aquí" in spanish.content.decode()
    assert not Message.objects.exists()
