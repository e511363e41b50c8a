"""Self-service in the mailbox: contact preferences, download, a new receipt, withdrawal."""

import json
import re
import secrets

import pytest
from django.test import Client
from django.utils import timezone

from intake.cases import events
from intake.crypto import receipts, sealing
from intake.models import Centre, Consent, Event, Inquiry, InternalNote, KeyWrap, MailboxSession, Message, Notification, RateBucket, Receipt
from intake.submission import receive
from tests.intake.pages import another_than, hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(riverside, inquiry_data):
    return receive.receive(inquiry_data, form_token=secrets.token_bytes(16))


@pytest.fixture
def visitor(received):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/mailbox/", {"words": " ".join(received.receipt)})
    return browser


def press(visitor, url, **form):
    return visitor.post(url, {"mailbox": hidden(visitor.get("/mailbox/contact/"), "mailbox"), **form})


def said_now(received):
    inquiry = Inquiry.objects.get()
    _lookup, key = receipts.derive(received.receipt)
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, receipts.unwrap(inquiry.receipt.wrapped, inquiry.pk, key))


def test_changing_how_to_be_reached(visitor, received):
    shown = visitor.get("/mailbox/contact/").content.decode()
    assert 'value="+12125550143"' in shown
    answer = press(visitor, "/mailbox/contact/", contact_way="email", email="new@example.org", consent_email="on", others_may_answer="on")
    assert answer.status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.contact_way, inquiry.may_leave_voicemail) == ("email", False)
    assert said_now(received)["email"] == "new@example.org"
    assert "phone" not in said_now(received)
    assert said_now(received)["name"] == "Quillon"
    assert Consent.objects.get(withdrawn_at=None).purpose == "email"
    assert Event.objects.filter(kind=Event.Kind.CONTACT_CHANGED).count() == 1
    assert Notification.objects.filter(kind="contact_changed").exists()


def test_an_invalid_form_shows_errors_and_changes_nothing(visitor, received):
    answer = press(visitor, "/mailbox/contact/", contact_way="phone", phone="12")
    assert answer.status_code == 422
    assert Inquiry.objects.get().contact_way == "phone"
    assert said_now(received)["phone"] == "+12125550143"


def test_no_longer_safe_stops_all_contact_at_once(visitor, received):
    Consent.objects.create(inquiry=received.inquiry, purpose="call", wording="2026-11", language="en", given_at=timezone.now())
    assert press(visitor, "/mailbox/contact/", unsafe="1").status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.no_longer_safe, inquiry.contact_way) == (True, "mailbox")
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert Event.objects.filter(kind=Event.Kind.UNSAFE).exists()


def test_withdrawing_destroys_the_content_and_keeps_the_record(visitor, received):
    InternalNote.objects.create(inquiry=received.inquiry, written_at=timezone.now(), sealed=b"x")
    answer = press(visitor, "/mailbox/withdraw/")
    assert answer.status_code == 200
    assert received.inquiry.reference in answer.content.decode()
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.outcome, bytes(inquiry.sealed), inquiry.no_longer_safe) == ("closed", "withdrawn", b"", True)
    assert inquiry.erased_at is not None
    for table in (KeyWrap, Receipt, MailboxSession, Message, InternalNote):
        assert not table.objects.exists(), table
    assert set(Event.objects.values_list("kind", flat=True)) >= {"received", "withdrawn", "erased"}
    again = Client().post("/mailbox/", {"words": " ".join(received.receipt)})
    assert again.status_code == 422


def test_asking_to_withdraw_erases_nothing_yet(visitor, received):
    visitor.get("/mailbox/withdraw/")
    assert KeyWrap.objects.exists()


def test_the_download_contains_everything_and_has_a_neutral_name(visitor, received):
    Consent.objects.create(inquiry=received.inquiry, purpose="call", wording="2026-11", language="en", given_at=timezone.now())
    answer = press(visitor, "/mailbox/copy/")
    assert answer["Content-Disposition"] == 'attachment; filename="copy.json"'
    copy = json.loads(answer.content)
    assert copy["what_you_wrote"]["phone"] == "+12125550143"
    assert copy["you_agreed_to"][0]["sentence"].startswith("You may call me")
    assert "no-store" in answer["Cache-Control"]
    assert Event.objects.filter(kind=Event.Kind.DOWNLOADED).exists()


def test_the_visitor_sees_who_has_read_the_request_and_when(visitor, received, django_user_model):
    assert "Nobody yet." in visitor.get("/mailbox/open/").content.decode()
    nurse = django_user_model.objects.create_user("n.lee", display_name="Nora Lee")
    anonymous = django_user_model.objects.create_user("a.secret")
    events.record(received.inquiry, Event.Kind.OPENED, by=nurse)
    events.record(received.inquiry, Event.Kind.CONTACT_SHOWN, by=anonymous)
    page = visitor.get("/mailbox/open/").content.decode()
    assert "Nora Lee" in page
    assert "looked at how to reach you" in page
    assert "a.secret" not in page


def test_the_acknowledgement_reveals_nothing_about_the_content(visitor, received):
    page = visitor.get("/mailbox/acknowledgement/").content.decode()
    main = re.search(r"<main.*</main>", page, re.S).group()
    assert received.inquiry.reference in main
    for word in ("Quillon", "zzyzxword", "Riverside", "withdraw", "treatment", "help"):
        assert word not in main


def words_on(page):
    return re.findall(r"<li>(\w+)</li>", re.search(r'<ol class="receipt"[^>]*>(.*?)</ol>', page.content.decode(), re.S).group(1))


def test_new_words_replace_the_old_ones_only_when_one_was_typed_back(visitor, received):
    page = visitor.get("/mailbox/words/")
    words, form = words_on(page), {"mailbox": hidden(page, "mailbox"), "sent": hidden(page, "sent")}
    wrong = visitor.post("/mailbox/words/", form | {"word": another_than(words[3])})
    assert words_on(wrong) == words
    assert Client().post("/mailbox/", {"words": " ".join(received.receipt)}).status_code == 303
    assert visitor.post("/mailbox/words/", form | {"word": words[3]}).status_code == 303
    assert Client().post("/mailbox/", {"words": " ".join(received.receipt)}).status_code == 422
    assert Client().post("/mailbox/", {"words": " ".join(words)}).status_code == 303
    assert visitor.get("/mailbox/open/").status_code == 200


def test_words_that_staff_read_out_must_be_replaced_first(visitor, received):
    Receipt.objects.update(must_renew=True)
    assert visitor.get("/mailbox/open/")["Location"] == "/mailbox/words/"
    page = visitor.get("/mailbox/words/")
    visitor.post("/mailbox/words/", {"mailbox": hidden(page, "mailbox"), "sent": hidden(page, "sent"), "word": words_on(page)[3]})
    assert visitor.get("/mailbox/open/").status_code == 200


def test_new_words_from_another_mailbox_are_refused(visitor, received):
    """A receipt from another mailbox's page is ignored."""
    Client()
    other = receive.receive(type(receive.InquiryData())(), form_token=secrets.token_bytes(16))
    stranger = Client(enforce_csrf_checks=True)
    stranger.post("/mailbox/", {"words": " ".join(other.receipt)})
    theirs = stranger.get("/mailbox/words/")
    form_secret = hidden(visitor.get("/mailbox/words/"), "mailbox")
    visitor.post("/mailbox/words/", {"mailbox": form_secret, "sent": hidden(theirs, "sent"), "word": words_on(theirs)[3]})
    assert Client().post("/mailbox/", {"words": " ".join(received.receipt)}).status_code == 303


WRONG = "walnut candle napkin velvet pebble ribbon apple"


def opens(words, address="192.0.2.7"):
    return Client().post("/mailbox/", {"words": words}, REMOTE_ADDR=address)


def test_wrong_words_are_limited_and_right_ones_always_open(received):
    Centre.objects.update(phone="+1 212 555 0100")
    statuses = [opens(WRONG).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert "+1 212 555 0100" in opens(WRONG).content.decode()
    assert opens(" ".join(received.receipt)).status_code == 303
    # The others of the clinic have their own tries.
    assert opens(WRONG, "192.0.2.8").status_code == 422


def test_no_opening_and_nothing_that_cannot_be_a_receipt_counts(received):
    assert {opens(" ".join(received.receipt)).status_code for _ in range(12)} == {303}
    assert {opens(typed).status_code for typed in ["one two three", "", "walnut candle", "qqqq " * 7] * 5} == {422}
    assert not RateBucket.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("walnut candle napkin velvet pebble", "You wrote 5 words, and a receipt has 7: 2 words are missing."),
        (f"{WRONG} acorn button", "You wrote 9 words, and a receipt has 7: 2 words are too many."),
        ("walnut candle napkin velvet pebble ribbon qqqqqq", "We do not know these words: qqqqqq."),
        ("sunflower acorn button bookmark nutmeg breezy", "1 word is missing."),
        ("walnut candle napkin velvet pebble ribbon", "Is one missing?"),
    ],
)
def test_it_says_which_word_is_wrong_or_how_many_are_missing(received, typed, said):
    assert said in opens(typed).content.decode()


def test_the_field_of_the_words_leaves_them_as_they_are_typed(client, received):
    field = re.search(r'<input[^>]*name="words"[^>]*>', client.get("/mailbox/").content.decode()).group()
    for attribute in ('autocomplete="off"', 'autocorrect="off"', 'autocapitalize="none"', 'spellcheck="false"'):
        assert attribute in field


def test_the_entrance_says_what_to_do_when_the_words_are_lost(client, received):
    Centre.objects.update(phone="+1 212 555 0100")
    page = client.get("/mailbox/").content.decode()
    assert "say that you lost your words" in page
    assert 'href="tel:+12125550100"' in page
