"""What is typed in the mailbox outlasts its fifteen minutes, and what was saved is said."""

import html
import re
import secrets

import pytest
from django.test import Client
from django.utils import timezone

from intake.models import Consent, Inquiry, MailboxSession
from intake.submission import receive
from tests.intake.pages import hidden

pytestmark = pytest.mark.django_db
TYPED = {
    "contact_way": "phone",
    "phone": "212 555 0199 x7",
    "consent_call": "on",
    "other_notes": "He has my old phone.",
    "safe_times": ["week_morning", "weekend_day"],
}


@pytest.fixture
def received(riverside, inquiry_data):
    return receive.receive(inquiry_data, form_token=secrets.token_bytes(16))


@pytest.fixture
def nadia(received):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/mailbox/", {"words": " ".join(received.receipt)})
    return browser


def main(page):
    return html.unescape(re.search(r"<main.*</main>", page.content.decode(), re.S).group())


def open_again(visitor, page, words):
    """Open the mailbox on the page that says that it has closed."""
    data = {"words": words}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)"[^>]*?value="([^"]*)"', page.content.decode()):
        data.setdefault(name, []).append(html.unescape(value))
    return visitor.post("/mailbox/", data)


def test_nadias_new_number_and_note_are_there_again_when_she_opens_the_mailbox(nadia, received):
    secret = hidden(nadia.get("/mailbox/contact/"), "mailbox")
    MailboxSession.objects.all().delete()
    closed = nadia.post("/mailbox/contact/", {"mailbox": secret, **TYPED})
    assert closed.status_code == 403
    assert "What you typed is kept on this page" in main(closed)
    wrong = open_again(nadia, closed, "not my words at all")
    assert wrong.status_code == 422
    page = open_again(nadia, wrong, " ".join(received.receipt))
    assert page.status_code == 200
    form = main(page)
    assert 'action="/mailbox/contact/#main"' in form
    assert 'value="212 555 0199 x7"' in form
    assert "He has my old phone." in form
    assert re.search(r'value="weekend_day"[^>]*checked', form)
    assert Inquiry.objects.get().contact_way == "phone"
    saved = nadia.post("/mailbox/contact/", {"mailbox": hidden(page, "mailbox"), **TYPED, "consent_asked": "+12125550199 "})
    assert saved.status_code == 303


def test_a_message_that_came_too_late_stands_in_its_form_again(nadia, received):
    secret = hidden(nadia.get("/mailbox/open/"), "mailbox")
    MailboxSession.objects.all().delete()
    closed = nadia.post("/mailbox/open/", {"mailbox": secret, "text": "Can I bring my dog?"})
    page = open_again(nadia, closed, " ".join(received.receipt))
    assert re.search(r'<textarea name="text"[^>]*>\s*Can I bring my dog\?', main(page))
    assert not Inquiry.objects.get().messages.exists()


def test_other_pages_lead_to_the_mailbox(nadia, received):
    secret = hidden(nadia.get("/mailbox/withdraw/"), "mailbox")
    MailboxSession.objects.all().delete()
    closed = nadia.post("/mailbox/withdraw/", {"mailbox": secret})
    assert open_again(nadia, closed, " ".join(received.receipt))["Location"] == "/mailbox/open/"
    assert Inquiry.objects.get().erased_at is None


@pytest.mark.parametrize(
    ("answers", "saved", "reached"),
    [
        ({**TYPED}, "Saved. We will call 212 555 0199 (ext. 7).", "We call the number that ends in 0199."),
        (
            {"contact_way": "email", "email": "nadia@example.org", "consent_email": "on"},
            "Saved. We will write to nadia@example.org",
            "n…@example.org",
        ),
        ({"contact_way": "mailbox"}, "Saved. Nobody will call, text or e-mail you.", "We answer only here."),
    ],
)
def test_the_mailbox_says_what_was_saved_and_how_it_reaches_her(nadia, answers, saved, reached):
    form = {"mailbox": hidden(nadia.get("/mailbox/contact/"), "mailbox"), **answers}
    page = nadia.post("/mailbox/contact/", form)
    assert page["Location"] == "/mailbox/open/?saved=contact"
    shown = main(nadia.get(page["Location"]))
    assert re.search(rf'role="status">{re.escape(saved)}', shown)
    assert reached in shown
    later = main(nadia.get("/mailbox/open/"))
    assert saved not in later
    assert "5550199" not in later.replace(" ", "").replace("nadia@", "")


def test_the_consent_for_a_new_number_is_asked_for_again_and_has_its_own_time(nadia, received):
    old = Consent.objects.create(inquiry=received.inquiry, purpose="call", wording="2026-11.2", language="en", given_at=timezone.now())
    page = nadia.get("/mailbox/contact/")
    assert re.search(r'name="consent_call"[^>]*checked', main(page))
    asked = nadia.post("/mailbox/contact/", {"mailbox": hidden(page, "mailbox"), **TYPED})
    assert asked.status_code == 422
    assert "tick the sentence again" in main(asked)
    assert not re.search(r'name="consent_call"[^>]*checked', main(asked))
    again = {"mailbox": hidden(asked, "mailbox"), "consent_asked": hidden(asked, "consent_asked"), **TYPED}
    assert nadia.post("/mailbox/contact/", again).status_code == 303
    old.refresh_from_db()
    assert old.withdrawn_at is not None
    new = Consent.objects.get(withdrawn_at=None)
    assert (new.purpose, new.given_at) == ("call", old.withdrawn_at)


def test_the_same_number_keeps_its_consent(nadia, received):
    old = Consent.objects.create(inquiry=received.inquiry, purpose="call", wording="2026-11.2", language="en", given_at=timezone.now())
    form = {"mailbox": hidden(nadia.get("/mailbox/contact/"), "mailbox"), **TYPED, "phone": "(212) 555-0143"}
    assert nadia.post("/mailbox/contact/", form).status_code == 303
    assert Consent.objects.get(withdrawn_at=None) == old


def test_closing_the_mailbox_is_said(nadia):
    secret = hidden(nadia.get("/mailbox/open/"), "mailbox")
    page = nadia.post("/mailbox/open/", {"mailbox": secret, "close": "1"}, follow=True)
    assert "The mailbox is closed on this device." in main(page)
