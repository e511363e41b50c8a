"""The words of a receipt are shown until they are written down, and to nobody who finds the form later."""

import datetime as dt
import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from intake.models import Inquiry, Message, Receipt
from intake.submission import form_tokens
from tests.intake.pages import hidden
from tests.people import member

pytestmark = pytest.mark.django_db
URL, SENT, SPANISH = "/contact/", "/contact/sent/", "/es/contact/sent/"


@pytest.fixture
def marta(riverside):
    """The browser of Marta, who asks for help on a phone."""
    return Client(enforce_csrf_checks=True)


def filled(page, **answers):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": "Help me stop", **answers}


def words_on(page):
    shown = re.search(r'<ol class="receipt" translate="no" lang="(?:en|es)">(.*?)</ol>', page.content.decode(), re.S)
    return re.findall(r"<li>(\w+)</li>", shown.group(1)) if shown else []


def sends(browser, **answers):
    """Send the form; return what was sent, and the words."""
    form = filled(browser.get(URL), **answers)
    assert browser.post(URL, form)["Location"] == "/contact/sent/#main"
    return form, words_on(browser.get(SENT))


def later(monkeypatch, minutes):
    """Move the clock on."""
    real_now, real_time = timezone.now, time.time
    monkeypatch.setattr(timezone, "now", lambda: real_now() + dt.timedelta(minutes=minutes))
    monkeypatch.setattr(time, "time", lambda: real_time() + minutes * 60)


def test_marta_reloads_and_looks_at_the_other_language_and_the_helplines(marta):
    _form, words = sends(marta)
    assert len(words) == 7
    assert words_on(marta.get(SENT)) == words
    assert words_on(marta.get(SPANISH)) == words
    marta.get("/helplines/")
    assert words_on(marta.get(SENT)) == words


def test_the_time_of_the_call_is_said_in_the_language_of_the_page(marta, riverside):
    member("amara", "Amara Diallo", riverside, "triage", email="amara@example.org")
    sends(marta, contact_way="phone", phone="212 555 0143", consent_call="on")
    assert "will call you" in marta.get(SENT).content.decode()
    assert "will call you" not in marta.get(SPANISH).content.decode()
    assert "le llamará" in marta.get(SPANISH).content.decode()


def test_once_written_down_the_words_are_shown_nowhere(marta):
    form, words = sends(marta)
    assert words_on(marta.post(SENT, {"word": "another"})) == words
    right = marta.post(SENT, {"word": words[3]})
    assert "Right. You can come back now" in right.content.decode()
    assert words_on(right) == words_on(marta.get(SENT)) == words_on(marta.post(SENT, {"word": words[3]})) == []
    again = marta.post(URL, form)
    assert again["Location"] == "/mailbox/?sent#main"
    assert "We have this request already" in marta.get(again["Location"]).content.decode()
    assert words_on(marta.get(SENT)) == words_on(marta.get(SPANISH)) == []
    assert Inquiry.objects.count() == 1


def test_after_fifteen_minutes_neither_the_page_nor_the_form_shows_them(marta, monkeypatch):
    form, _words = sends(marta)
    later(monkeypatch, 16)
    assert words_on(marta.get(SENT)) == []
    assert Client().post(URL, form)["Location"] == "/mailbox/?sent#main"
    assert Inquiry.objects.count() == 1


def test_after_the_mailbox_was_opened_the_form_shows_them_no_more(marta):
    form, words = sends(marta)
    assert marta.post("/mailbox/", {"words": " ".join(words)}).status_code == 303
    assert Client().post(URL, form)["Location"] == "/mailbox/?sent#main"


def test_what_is_new_in_a_form_that_is_sent_late_is_not_lost(marta, monkeypatch):
    form, words = sends(marta)
    marta.post(SENT, {"word": words[3]})
    later(monkeypatch, 60)
    marta.post(URL, form | {"message": "Help me stop. It got worse."})
    assert Message.objects.count() == 1
    assert Inquiry.objects.count() == 1


def test_a_form_that_was_open_for_days_keeps_the_text_and_asks_once_more(marta, monkeypatch):
    form = filled(marta.get(URL), message="written on Monday")
    later(monkeypatch, form_tokens.LIFE_SECONDS / 60 + 1)
    page = marta.post(URL, form)
    assert page.status_code == 422
    assert "press Send again" in page.content.decode()
    assert "written on Monday" in page.content.decode()
    assert not Inquiry.objects.exists()
    assert marta.post(URL, form | {"token": hidden(page, "token")}).status_code == 303
    assert Inquiry.objects.count() == 1


def test_a_form_that_was_sent_and_is_days_old_is_no_second_request(marta, monkeypatch):
    form, _words = sends(marta)
    later(monkeypatch, form_tokens.LIFE_SECONDS / 60 + 1)
    assert marta.post(URL, form)["Location"] == "/mailbox/?sent#main"
    assert Inquiry.objects.count() == 1


def test_the_next_form_says_that_one_was_sent_and_brings_another_request(marta):
    _form, words = sends(marta)
    page = marta.get(URL)
    assert "You sent a request a moment ago" in page.content.decode()
    marta.post(URL, filled(page, message="for my brother"))
    assert Inquiry.objects.count() == 2
    assert words_on(marta.get(SENT)) != words


def test_the_form_is_another_one_for_the_browser_after_sending_and_after_leaving(marta):
    def first_fields(page):
        forms = [form for form in page.content.decode().split("<form")[1:] if 'name="message"' in form]
        return re.findall(r'name="((?:first|second|third)-[\w-]+)"', forms[0])

    before = first_fields(marta.get(URL))
    assert before == first_fields(Client().get(URL)) == ["first-new", "second-new", "third-new"]
    sends(marta)
    after = first_fields(marta.get(URL))
    assert len(after) == 3
    assert after != before
    answer = marta.get("/contact/leave/", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 302
    assert '"cookies"' not in answer.headers["Clear-Site-Data"]
    assert (answer.cookies["sent"]["max-age"], answer.cookies["sent"]["path"]) == (0, "/contact/")
    assert (answer.cookies["form"]["max-age"], answer.cookies["form"]["path"]) == ("", "/contact/")
    assert words_on(marta.get(SENT)) == []
    assert first_fields(marta.get(URL)) not in (before, after)


def test_no_other_site_can_make_the_browser_forget_the_words(marta):
    _form, words = sends(marta)
    assert not marta.get("/contact/leave/", headers={"Sec-Fetch-Site": "cross-site"}).cookies
    assert words_on(marta.get(SENT)) == words


def test_the_words_are_in_no_row(marta):
    _form, words = sends(marta)
    row = Receipt.objects.get()
    assert not any(word.encode() in bytes(row.lookup) + bytes(row.wrapped) for word in words)
    assert not row.written_down
