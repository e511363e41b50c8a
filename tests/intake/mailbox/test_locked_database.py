"""While another process has locked the database, the mailbox can be read, and no form of a visitor loses what was typed."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from intake.cases import case_keys
from intake.crypto import sealing
from intake.identifiers import new_id
from intake.models import ConsentRequest, MailboxSession, Message, Referral
from intake.models.receipts import Draft
from tests.intake.disclosure.test_disclosures import consent  # noqa: F401 (a fixture)
from tests.intake.disclosure.test_referral_arrives import link, offered, pages  # noqa: F401 (a fixture)
from tests.intake.mailbox.test_self_service import received, visitor  # noqa: F401 (fixtures)
from tests.intake.mailbox.test_sharing import SHARING, question  # noqa: F401 (a fixture)
from tests.intake.pages import hidden
from tests.intake.submission.test_bad_weather import WORDS, Refusing

# A write that fails inside the transaction of a test would end that, which the site has not.
pytestmark = pytest.mark.django_db(transaction=True)
TRY_AGAIN = "could not be saved just now"


@pytest.fixture
def inquiry(received):  # noqa: F811
    return received.inquiry


@pytest.fixture
def unread(inquiry, amara):
    """An answer that the visitor has not seen yet."""
    message = Message(pk=new_id(), inquiry=inquiry, sender=Message.Sender.STAFF, sent_at=timezone.now())
    message.sealed = sealing.seal("message", message.pk, {"text": "We are here."}, case_keys.for_staff(inquiry, amara))
    message.save(force_insert=True)
    return message


@pytest.fixture
def open_for_minutes(visitor):  # noqa: F811
    """A mailbox that was opened a few minutes ago: whatever is done there extends its session."""
    page = visitor.get("/mailbox/open/")
    MailboxSession.objects.update(expires_at=timezone.now() + dt.timedelta(minutes=10))
    return page


def locked():
    return connection.execute_wrapper(Refusing("database is locked"))


def test_the_mailbox_can_be_read(visitor, open_for_minutes, unread):  # noqa: F811
    with locked():
        assert "We are here." in visitor.get("/mailbox/open/").content.decode()
    visitor.get("/mailbox/open/")
    unread.refresh_from_db()
    assert unread.read_at is not None


def test_a_message_that_took_minutes_to_write_stays_in_its_form(visitor, open_for_minutes, unread):  # noqa: F811
    form = {"mailbox": hidden(open_for_minutes, "mailbox"), "token": hidden(open_for_minutes, "token"), "text": WORDS}
    with locked():
        answer = visitor.post("/mailbox/open/", form)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert visitor.post("/mailbox/open/", form).status_code == 303
    assert Message.objects.filter(sender=Message.Sender.VISITOR).count() == 1


def test_how_to_reach_somebody_stays_in_its_form(visitor, open_for_minutes):  # noqa: F811
    form = {"mailbox": hidden(open_for_minutes, "mailbox"), "contact_way": "mailbox", "other_notes": WORDS}
    with locked():
        answer = visitor.post("/mailbox/contact/", form)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert TRY_AGAIN in answer.content.decode()
    assert visitor.post("/mailbox/contact/", form).status_code == 303


def test_who_presses_that_it_is_no_longer_safe_is_told_that_nothing_was_saved(visitor, open_for_minutes, inquiry):  # noqa: F811
    form = {"mailbox": hidden(open_for_minutes, "mailbox"), "unsafe": "1"}
    with locked():
        answer = visitor.post("/mailbox/contact/", form)
    assert answer.status_code == 503
    assert TRY_AGAIN in answer.content.decode()
    assert visitor.post("/mailbox/contact/", form).status_code == 303


def test_a_signature_stays_in_its_form(visitor, open_for_minutes, question):  # noqa: F811
    form = {"mailbox": hidden(open_for_minutes, "mailbox"), "consent": str(question.pk), "step": "sign", "signature": "N. Q."}
    with locked():
        answer = visitor.post(SHARING, form)
    assert answer.status_code == 503
    assert 'value="N. Q."' in answer.content.decode()
    assert TRY_AGAIN in answer.content.decode()
    assert visitor.post(SHARING, form).status_code == 303
    assert not ConsentRequest.objects.filter(answered_at=None).exists()


def test_a_mailbox_is_closed_in_this_browser_all_the_same(visitor, open_for_minutes):  # noqa: F811
    with locked():
        answer = visitor.post("/mailbox/open/", {"mailbox": hidden(open_for_minutes, "mailbox"), "close": "1"})
    assert answer.status_code == 302
    assert visitor.get("/mailbox/open/").status_code == 302
    assert answer.cookies["mailbox"].value == ""


def test_a_draft_that_is_erased_opens_to_nobody_any_more(client, riverside):
    client.post("/contact/questions/", {"message": WORDS})
    assert Draft.objects.exists()
    with locked():
        assert client.post("/contact/questions/check/").status_code == 302
    assert WORDS not in client.get("/contact/questions/message/", follow=True).content.decode()


def test_the_note_of_a_receiver_stays_in_its_form(client, inquiry, amara, offered):  # noqa: F811
    address = link(pages(client, inquiry, amara), "answer")
    with locked():
        answer = client.post(address, {"answer": "yes", "note": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert client.post(address, {"note": WORDS}).content.decode().count(WORDS) == 1, "nor without a button that was pressed"
    assert "Thank you" in client.post(address, {"answer": "yes", "note": WORDS}).content.decode()
    assert Referral.objects.get().state == "accepted"
