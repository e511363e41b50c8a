"""The contact form with one question a page, kept sealed between the pages; and the form that asks for a number only."""

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from intake.crypto import keyring, sealing
from intake.models import Consent, Draft, Inquiry, KeyWrap
from intake.submission import drafts
from tests.intake.pages import hidden

pytestmark = pytest.mark.django_db
QUESTIONS = "/contact/questions/"


@pytest.fixture
def rosa():
    return Client(enforce_csrf_checks=True)


def main(page):
    return html.unescape(re.search(r"<main.*</main>", page.content.decode(), re.S).group())


def stored():
    inquiry = Inquiry.objects.get()
    wrap = KeyWrap.objects.get(inquiry=inquiry)
    key = sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, key)


def answer(visitor, slug, **answers):
    """Answer one question and return the path of the next one."""
    response = visitor.post(f"{QUESTIONS}{slug}/", {"question": slug, **answers})
    assert response.status_code == 303, main(response)
    return response["Location"]


def answer_all(visitor, **what):
    assert answer(visitor, "who", for_whom="self") == "/contact/questions/way/#question"
    assert answer(visitor, "way", contact_way="phone") == "/contact/questions/number/#question"
    assert answer(visitor, "number", phone="212 555 0143", consent_call="on") == "/contact/questions/when/#question"
    assert answer(visitor, "when", safe_times=["week_morning"]) == "/contact/questions/name/#question"
    assert answer(visitor, "name", name="Rosa") == "/contact/questions/what/#question"
    return answer(visitor, "what", message="It is too much", **what)


def send(visitor):
    form = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', visitor.get(f"{QUESTIONS}check/").content.decode())
    data = {}
    for name, value in form:
        data.setdefault(name, []).append(html.unescape(value))
    return visitor.post("/contact/", data)


def test_rosa_answers_one_question_after_the_other_checks_her_answers_and_sends_them(riverside, rosa):
    assert answer_all(rosa) == "/contact/questions/check/#question"
    page = main(rosa.get(f"{QUESTIONS}check/"))
    for answered in ("Myself", "By a phone call", "212 555 0143", "You may call me at this number", "8 to 12", "Rosa", "It is too much"):
        assert answered in page
    assert not Inquiry.objects.exists()
    assert send(rosa).status_code == 303
    assert stored() == {"name": "Rosa", "phone": "+12125550143", "message": "It is too much"}
    inquiry = Inquiry.objects.get()
    assert (inquiry.contact_way, inquiry.safe_windows[0], inquiry.others_may_answer) == ("phone", [0, "08:00", "12:00"], True)


def test_how_many_questions_there_are_is_said_once_it_is_known_and_stays_so(riverside, rosa):
    assert re.search(r"Question 1\s*<", main(rosa.get(f"{QUESTIONS}who/")))
    answer(rosa, "who", for_whom="self")
    assert re.search(r"Question 2\s*<", main(rosa.get(f"{QUESTIONS}way/")))
    answer(rosa, "way", contact_way="phone")
    for place, (slug, given) in enumerate(
        {"number": {"phone": "212 555 0143", "consent_call": "on"}, "when": {}, "name": {}, "what": {}}.items(), start=3
    ):
        assert f"Question {place} of 6" in main(rosa.get(f"{QUESTIONS}{slug}/"))
        answer(rosa, slug, **given)


def test_looking_at_the_first_question_leaves_no_cookie(riverside, rosa):
    page = rosa.get(f"{QUESTIONS}who/")
    assert not page.cookies
    assert "no-store" in page["Cache-Control"]
    assert rosa.get(f"{QUESTIONS}what/")["Location"] == f"{QUESTIONS}who/"
    assert rosa.get(f"{QUESTIONS}nothing/").status_code in (302, 404)


def test_what_was_typed_on_one_page_is_taken_along_and_back_again(riverside, rosa):
    page = rosa.get("/contact/")
    began = rosa.post(QUESTIONS, {"token": hidden(page, "token"), "for_whom": "other", "message": "My son drinks", "go": "steps"})
    assert began["Location"] == "/contact/questions/way/#question"  # who and what were answered
    assert "My son drinks" in main(rosa.get(f"{QUESTIONS}what/"))
    back = rosa.post("/contact/", {"question": "way", "contact_way": "mailbox", "go": "all"})
    assert "My son drinks" in main(back)
    assert re.search(r'value="mailbox"[^>]*checked', main(back))
    assert hidden(back, "token") == hidden(page, "token")


def test_an_answer_can_be_changed_and_leads_back_to_all_answers(riverside, rosa):
    answer_all(rosa)
    assert 'href="/contact/questions/name/#question"' in main(rosa.get(f"{QUESTIONS}check/"))
    assert answer(rosa, "name", name="Rosie") == "/contact/questions/check/#question"
    # Another way of contact needs another address.
    assert answer(rosa, "way", contact_way="email") == "/contact/questions/address/#question"
    assert answer(rosa, "address", email="rosa@example.org", consent_email="on") == "/contact/questions/check/#question"
    send(rosa)
    assert stored() == {"name": "Rosie", "email": "rosa@example.org", "message": "It is too much"}
    assert list(Consent.objects.values_list("purpose", flat=True)) == ["email"]


def test_more_can_be_added_from_the_page_with_all_answers(riverside, rosa):
    answer_all(rosa)
    assert "Are you pregnant?" in main(rosa.get(f"{QUESTIONS}check/"))
    assert answer(rosa, "about", substances=["alcohol"]) == "/contact/questions/check/#question"
    assert answer(rosa, "language", spoken_language="Polski") == "/contact/questions/check/#question"
    send(rosa)
    assert stored()["substances"] == ["alcohol"]
    assert "Polski" in stored()["other_notes"]


def test_a_mistake_leads_to_its_own_question_and_keeps_what_was_typed(riverside, rosa):
    answer(rosa, "who", for_whom="self")
    answer(rosa, "way", contact_way="phone")
    assert answer(rosa, "number", phone="555-0143", consent_call="on") == "/contact/questions/number/#errors"
    page = main(rosa.get(f"{QUESTIONS}number/"))
    assert "This number has no area code" in page
    assert 'value="555-0143"' in page
    assert "Say who this is for." not in page


def test_a_mistyped_address_is_asked_about_once_here_too(riverside, rosa):
    answer(rosa, "who", for_whom="self")
    answer(rosa, "way", contact_way="email")
    typed = {"email": "rosa@gmial.com", "consent_email": "on"}
    assert answer(rosa, "address", email_asked="", **typed) == "/contact/questions/address/#errors"
    page = rosa.get(f"{QUESTIONS}address/")
    assert "Did you mean rosa@gmail.com?" in main(page)
    assert answer(rosa, "address", email_asked=hidden(page, "email_asked"), **typed) == "/contact/questions/name/#question"


def test_the_button_back_keeps_what_was_typed(riverside, rosa):
    answer(rosa, "who", for_whom="self")
    answer(rosa, "way", contact_way="mailbox")
    answer(rosa, "notice")
    assert answer(rosa, "name", name="Ro", go="back") == "/contact/questions/notice/#question"
    assert 'value="Ro"' in main(rosa.get(f"{QUESTIONS}name/"))


def test_danger_in_the_answers_shows_whom_to_call_on_the_next_page(riverside, rosa):
    answer_all(rosa, danger_now="yes")
    answer(rosa, "what", message="I want to die")
    assert "tel:988" in main(rosa.get(f"{QUESTIONS}check/"))
    send(rosa)
    assert Inquiry.objects.get().priority == Inquiry.Priority.DANGER


def test_the_other_language_has_the_same_answers(riverside, rosa):
    answer(rosa, "who", for_whom="self")
    spanish = rosa.post("/es/contact/questions/way/", {"question": "way", "contact_way": "mailbox", "go": "language"})
    assert spanish["Location"] == "/es/contact/questions/way/#question"
    assert re.search(r'value="mailbox"[^>]*checked', main(rosa.get("/es/contact/questions/way/")))


def test_nothing_typed_can_be_read_in_the_database(riverside, rosa):
    answer_all(rosa)
    row = Draft.objects.get()
    assert b"too much" not in bytes(row.sealed)
    assert rosa.cookies["draft"].value.encode() not in bytes(row.token_hash)
    assert rosa.cookies["draft"]["httponly"]
    assert rosa.cookies["draft"]["samesite"] == "Strict"


def test_after_sending_going_back_shows_nothing(riverside, rosa):
    answer_all(rosa)
    rosa.get(send(rosa)["Location"])
    assert not Draft.objects.exists()
    for path in ("check", "what", "name"):
        assert rosa.get(f"{QUESTIONS}{path}/")["Location"] == f"{QUESTIONS}who/"


def test_all_that_was_typed_can_be_erased_before_it_is_sent(riverside, rosa):
    answer_all(rosa)
    assert rosa.post(f"{QUESTIONS}check/")["Location"] == "/contact/"
    assert not Draft.objects.exists()


def test_after_half_an_hour_the_last_answer_is_kept_and_the_others_are_asked_again(riverside, rosa, monkeypatch):
    answer(rosa, "who", for_whom="self")
    answer(rosa, "way", contact_way="mailbox")
    answer(rosa, "notice")
    answer(rosa, "name")
    later = timezone.now() + drafts.LIFE + dt.timedelta(seconds=1)
    assert drafts.forget_expired(later) == {"drafts_erased": 1}
    assert answer(rosa, "what", message="Still here") == "/contact/questions/who/#question"
    assert "we erased your earlier answers" in main(rosa.get(f"{QUESTIONS}who/"))
    assert answer(rosa, "who", for_whom="self") == "/contact/questions/way/#question"
    assert "we erased your earlier answers" not in main(rosa.get(f"{QUESTIONS}way/"))
    assert "Still here" in main(rosa.get(f"{QUESTIONS}what/"))


def test_where_no_draft_can_be_stored_every_word_is_in_the_form_on_one_page(riverside, rosa, monkeypatch):
    def broken(*_args):
        raise OSError

    monkeypatch.setattr(drafts, "save", broken)
    page = rosa.post(f"{QUESTIONS}what/", {"question": "what", "message": "keep this"})
    assert "keep this" in main(page)
    assert 'name="contact_way"' in main(page)


def call_back(visitor, **answers):
    page = visitor.get("/contact/")
    return visitor.post("/contact/", {"token": hidden(page, "token"), "call": "1", **answers})


def test_somebody_who_cannot_write_more_is_called_back(riverside, rosa):
    sent = call_back(rosa, phone="212 555 0143 ext. 204", name="Ro", safe_times=["week_morning"])
    assert sent.status_code == 303
    inquiry = Inquiry.objects.get()
    assert (inquiry.for_whom, inquiry.contact_way, inquiry.may_leave_voicemail, inquiry.others_may_answer) == (
        "unsaid",
        "phone",
        False,
        True,
    )
    assert stored() == {"name": "Ro", "phone": "+12125550143", "phone_note": "ext. 204"}
    assert [(consent.purpose, consent.given_at) for consent in Consent.objects.all()] == [("call", inquiry.received_at)]
    page = main(rosa.get(sent["Location"]))
    assert len(re.findall(r"<li>\w+</li>", page.split('<ol class="receipt"')[1].split("</ol>")[0])) == 7
    assert "What happens next" in page


def test_the_form_says_what_pressing_its_button_agrees_to(riverside, rosa):
    form = main(rosa.get("/contact/")).split('name="call"')[1].split("</form>")[0]
    assert "You may call me at this number about this request." in form
    assert len(re.findall(r'class="field["| ]', form)) == 3 + 1  # the fourth is for programs that fill in everything


def test_a_number_that_cannot_be_called_is_asked_for_again_in_the_same_short_form(riverside, rosa):
    page = call_back(rosa, phone="555-0143", name="Ro")
    assert page.status_code == 422
    assert "This number has no area code" in main(page)
    assert 'value="Ro"' in main(page)
    assert 'name="contact_way"' not in main(page)


def test_danger_written_beside_the_number_is_heard(riverside, rosa):
    call_back(rosa, phone="212 555 0143 my son overdosed")
    assert Inquiry.objects.get().priority == Inquiry.Priority.DANGER


def test_nothing_is_chosen_that_a_person_did_not_say(riverside, rosa):
    page = main(rosa.get("/contact/"))
    assert not re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)


def test_the_questions_fit_whoever_it_is_for_without_a_press(riverside, rosa):
    page = main(rosa.get("/contact/"))
    asked = re.search(r'<label for="id_pregnancy">(.*?)</label>', page, re.S).group(1)
    assert '<span class="w0">Are you pregnant?</span><span class="w1 w2" hidden>Is the person pregnant?</span>' in asked
    other = main(rosa.get("/contact/?for=other"))
    assert '<span class="w0" hidden>Are you pregnant?</span><span class="w1 w2">Is the person pregnant?</span>' in other


def test_whoever_is_answered_here_is_asked_for_no_number_where_no_texts_are_sent(riverside, rosa, settings):
    settings.TEXT_GATEWAY_URL = ""
    answer(rosa, "who", for_whom="self")
    assert answer(rosa, "way", contact_way="mailbox") == "/contact/questions/notice/#question"
    page = main(rosa.get(f"{QUESTIONS}notice/"))
    assert 'name="consent_tell_of_answer"' in page
    assert 'name="phone"' not in page
