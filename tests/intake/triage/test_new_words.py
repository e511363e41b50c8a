"""A visitor who left a safe phone number lost the words. Amara reaches them and hands over new ones."""

import re
import secrets

import pytest
from django.test import Client

from intake import triage
from intake.models import Event, Inquiry, MailboxSession
from intake.submission import receive
from recovery_site.verbs import NotAllowed, Refused, Stale
from tests.intake.pages import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def received(riverside, inquiry_data):
    return receive.receive(inquiry_data, form_token=secrets.token_bytes(16))


def opens(words):
    browser = Client()
    return browser if browser.post("/mailbox/", {"words": " ".join(words)}).status_code == 303 else None


def give(inquiry, by, **more):
    inquiry.refresh_from_db()
    return triage.give_new_words(inquiry, **{"by": by, "version": inquiry.version, "verified": True, **more})


def test_the_new_words_open_the_mailbox_and_the_old_ones_do_not(received, amara):
    before = opens(received.receipt)
    words, language = give(received.inquiry, amara)
    assert language == "en"
    assert len(words) == 7
    assert opens(received.receipt) is None
    assert before.get("/mailbox/open/").status_code == 302
    assert not MailboxSession.objects.exists()
    event = Event.objects.get(kind="receipt_replaced")
    assert (event.actor, event.data["way"]) == (amara, "phone")
    assert not any(word in str(event.data) for word in words)
    # Staff have seen them, so the visitor must choose others first; then reads who gave them.
    after = opens(words)
    assert after.get("/mailbox/open/")["Location"] == "/mailbox/words/"
    page = after.get("/mailbox/words/")
    own = re.findall(r"<li>(\w+)</li>", re.search(r'<ol class="receipt"[^>]*>(.*?)</ol>', page.content.decode(), re.S).group(1))
    after.post("/mailbox/words/", {"mailbox": hidden(page, "mailbox"), "sent": hidden(page, "sent"), "word": own[3]})
    assert opens(words) is None
    mailbox = after.get("/mailbox/open/").content.decode()
    assert "Amara Diallo – gave you new receipt words" in mailbox
    assert "zzyzxword" in mailbox


def test_without_a_way_that_was_called_safe_nobody_gets_new_words(received, amara):
    with pytest.raises(Refused, match="tick the box"):
        give(received.inquiry, amara, verified=False)
    Inquiry.objects.update(contact_way="mailbox")
    with pytest.raises(Refused, match="named no phone number"):
        give(received.inquiry, amara)
    Inquiry.objects.update(contact_way="phone", no_longer_safe=True)
    with pytest.raises(Refused, match="named no phone number"):
        give(received.inquiry, amara)
    assert opens(received.receipt)


def test_it_is_the_work_of_this_centre_on_the_case_as_it_is_now(received, amara, noor, olga):
    for stranger in (noor, olga):
        with pytest.raises((NotAllowed, Inquiry.DoesNotExist)):
            give(received.inquiry, stranger)
    with pytest.raises(Stale):
        give(received.inquiry, amara, version=received.inquiry.version - 1)
    assert opens(received.receipt)


def test_amara_ticks_that_it_is_them_and_reads_the_words_out_once(received, amara, client):
    client.force_login(amara)
    case = f"/admin/intake/inquiry/{received.inquiry.reference}/"
    page = client.get(case).content.decode()
    assert "The person lost their words" in page
    version = re.search(r'name="new_words-version" value="(\d+)"', page).group(1)
    refused = client.post(f"{case}new-words/", {"new_words-version": version})
    assert refused.status_code == 422
    assert opens(received.receipt)
    version = re.search(r'name="new_words-version" value="(\d+)"', refused.content.decode()).group(1)
    shown = client.post(f"{case}new-words/", {"new_words-version": version, "new_words-verified": "on"})
    assert "no-store" in shown.headers["Cache-Control"]
    words = re.findall(r"<li>(\w+)</li>", re.search(r'<ol translate="no" lang="en">(.*?)</ol>', shown.content.decode(), re.S).group(1))
    assert opens(words)
    # The same page loaded again gives no others.
    assert client.post(f"{case}new-words/", {"new_words-version": version, "new_words-verified": "on"}).status_code == 409
    assert opens(words)


def test_where_nothing_safe_was_left_the_case_says_what_to_do(received, amara, client):
    Inquiry.objects.update(contact_way="mailbox")
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{received.inquiry.reference}/").content.decode()
    assert "Ask them to send a new request, and merge the two." in page
    assert "new-words/" not in page
