"""The contact form, its errors, and the receipt that is shown once."""

import base64
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from articles.workflow import publishing, review
from intake.crypto import keyring, sealing
from intake.models import Inquiry, KeyWrap, Message
from intake.submission import receipt_cookie
from tests.articles.guides import STEPS, approve, sourced
from tests.intake.pages import another_than, hidden
from tests.people import member

pytestmark = pytest.mark.django_db
URL = "/contact/"


@pytest.fixture
def visitor():
    """A client that enforces Django's CSRF checks, so that a form that needs a CSRF cookie would fail."""
    return Client(enforce_csrf_checks=True)


def filled(page, **answers):
    return {"token": hidden(page, "token"), "for_whom": "self", "contact_way": "mailbox", "message": "Help me stop", **answers}


def words_on(page):
    return re.findall(r"<li>(\w+)</li>", re.search(r'<ol class="receipt"[^>]*>(.*?)</ol>', page.content.decode(), re.S).group(1))


def payload(inquiry):
    wrap = KeyWrap.objects.get(inquiry=inquiry)
    key = sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, key)


def test_looking_at_the_form_leaves_no_cookie(riverside, visitor):
    page = visitor.get(URL)
    assert page.status_code == 200
    assert not page.cookies
    assert "no-store" in page["Cache-Control"]


def test_a_sent_inquiry_is_stored_and_its_receipt_shown(riverside, visitor):
    answer = visitor.post(URL, filled(visitor.get(URL), name="Mo"))
    assert (answer.status_code, answer["Location"]) == (303, "/contact/sent/#main")
    assert payload(Inquiry.objects.get()) == {"name": "Mo", "message": "Help me stop"}
    shown = visitor.get("/contact/sent/")
    assert len(words_on(shown)) == 7
    assert "Riverside" in shown.content.decode()


def test_a_receipt_from_before_an_update_of_the_site_is_still_shown(riverside, visitor, monkeypatch):
    fields_of_the_old_version = receipt_cookie.asdict
    monkeypatch.setattr(receipt_cookie, "asdict", lambda sent: {**fields_of_the_old_version(sent), "reasons": ["says_overdose"]})
    visitor.post(URL, filled(visitor.get(URL)))
    assert len(words_on(visitor.get("/contact/sent/"))) == 7


def test_the_receipt_cookie_is_sent_to_the_pages_of_the_form_only_and_reveals_nothing(riverside, visitor):
    answer = visitor.post(URL, filled(visitor.get(URL)))
    cookie = answer.cookies["sent"]
    assert {name: cookie["path"] for name, cookie in answer.cookies.items()} == {
        "sent": "/contact/",
        "sent-es": "/es/contact/",
        "form": "/contact/",
        "form-es": "/es/contact/",
    }
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == 15 * 60
    # Decoded, because a short word may occur in base64 by chance.
    carried = base64.urlsafe_b64decode(cookie.value + "=" * (-len(cookie.value) % 4))
    assert len(carried) > 100
    assert not any(word.encode() in carried for word in words_on(visitor.get("/contact/sent/")))


def test_the_page_asks_for_one_word_of_the_receipt(riverside, visitor):
    visitor.post(URL, filled(visitor.get(URL)))
    shown = visitor.get("/contact/sent/")
    words = words_on(shown)
    wrong = visitor.post("/contact/sent/", {"word": another_than(words[3])})
    assert words_on(wrong) == words
    assert "another word" in wrong.content.decode()
    right = visitor.post("/contact/sent/", {"word": words[3].upper()})
    assert 'class="receipt"' not in right.content.decode()
    assert Inquiry.objects.get().reference in right.content.decode()


def test_a_double_click_is_one_inquiry_with_one_receipt(riverside, visitor):
    form = filled(visitor.get(URL))
    visitor.post(URL, form)
    first = words_on(visitor.get("/contact/sent/"))
    visitor.post(URL, form)
    assert words_on(visitor.get("/contact/sent/")) == first
    assert Inquiry.objects.count() == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        ({"for_whom": ""}, "Say who this is for."),
        ({"contact_way": "phone", "phone": "212 555 0143"}, "Tick this sentence if we may"),
        ({"contact_way": "phone"}, "Write the phone number"),
        ({"contact_way": "phone", "phone": "555-0143"}, "has no area code"),
        ({"contact_way": "email", "email": "zyx@"}, "should look like name@example.org"),
        ({"message": "kept words " * 500}, "Please shorten it to 5000"),
        ({"token": "made up"}, "press Send again"),
    ],
)
def test_an_error_says_what_to_do_and_keeps_the_typed_text(riverside, visitor, answers, advice):
    form = filled(visitor.get(URL), name="Marigold", **answers) | answers
    answer = visitor.post(URL, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert advice in page
    assert "Marigold" in page
    assert form["message"].strip() in page
    assert not Inquiry.objects.exists()


def test_a_form_without_a_good_token_works_the_second_time(riverside, visitor):
    refused = visitor.post(URL, filled(visitor.get(URL)) | {"token": "made up"})
    assert visitor.post(URL, filled(refused)).status_code == 303


@pytest.mark.parametrize("typed", ["212 555 0143", "(212) 555-0143", "+1 212.555.0143", "12125550143"])
def test_a_phone_number_is_taken_as_people_type_it(riverside, visitor, typed):
    assert visitor.post(URL, filled(visitor.get(URL), contact_way="phone", phone=typed, consent_call="on")).status_code == 303
    assert payload(Inquiry.objects.get())["phone"] == "+12125550143"


@pytest.mark.parametrize("message", ["😀 𝒳 𐍈", "مرحبا، أحتاج مساعدة", "a\x07b\x1bc\u202ed", "עזרה", "𠜎𠜱"])
def test_text_in_any_script_is_stored_unchanged(riverside, visitor, message):
    assert visitor.post(URL, filled(visitor.get(URL), message=message)).status_code == 303
    assert payload(Inquiry.objects.get())["message"] == message.replace("\x07", "").replace("\x1b", "").replace("\u202e", "")


def test_danger_never_blocks_sending_and_shows_the_number_after(riverside, visitor):
    visitor.post(URL, filled(visitor.get(URL), danger_now="yes"))
    assert Inquiry.objects.get().priority == Inquiry.Priority.DANGER
    assert 'href="tel:911"' in re.search(r"<main.*</main>", visitor.get("/contact/sent/").content.decode(), re.S).group()


def test_the_form_shows_the_necessary_information_before_sending(riverside, visitor):
    member("amara", "Amara Diallo", riverside, "triage", email="amara@example.org")
    main = re.search(r"<main.*</main>", visitor.get(URL).content.decode(), re.S).group()
    for phrase in (
        "Riverside will answer by",
        "tel:911",
        "tel:988",
        "benzodiazepines",
        "isn't medical advice",
        "Staff of Riverside",
        "share this phone",
        "We erase it some time after we have finished",
    ):
        assert phrase in main


def test_only_the_slug_of_the_guide_is_stored(riverside, visitor):
    page = visitor.get(URL + "?guide=alcohol-withdrawal")
    visitor.post(URL, filled(page, guide=hidden(page, "guide")))
    assert Inquiry.objects.get().guide_slug == "alcohol-withdrawal"


def test_a_form_from_another_site_is_refused(riverside, visitor):
    answer = visitor.post(URL, filled(visitor.get(URL)), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not Inquiry.objects.exists()


def test_a_form_of_ten_megabytes_gets_a_clear_error_page(riverside, visitor):
    answer = visitor.post(URL, filled(visitor.get(URL), message="x" * 10_000_000))
    assert answer.status_code == 413
    assert "too long" in answer.content.decode()


def test_without_a_default_centre_the_visitor_is_told_and_the_text_is_kept(db, visitor):
    page = visitor.get(URL)
    assert "We can&#x27;t take requests right now" in page.content.decode() or "We can't take requests right now" in page.content.decode()
    answer = visitor.post(URL, filled(page, message="do not lose this"))
    assert answer.status_code == 503
    assert "do not lose this" in answer.content.decode()


def test_spanish_pages_give_spanish_words(riverside, visitor):
    visitor.post("/es/contact/", filled(visitor.get("/es/contact/")))
    assert Inquiry.objects.get().language == "es"
    assert len(words_on(visitor.get(reverse("intake:contact_sent").replace("/contact", "/es/contact")))) == 7


def test_after_an_overdose_the_receipt_leads_to_what_to_do_afterwards(riverside, visitor, edith, ruth):
    def sent(**more):
        return visitor.get(visitor.post(URL, filled(visitor.get(URL), **more))["Location"]).content.decode()

    story = {"message": "He had an overdose last week"}
    assert "Is it over?" not in sent(**story)  # there is no such guide yet
    guide = sourced("Naloxone", "naloxone", f"<p>It passes.[1]</p>{STEPS}", stages=["overdose"], created_by=edith, last_edited_by=edith)
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    page = sent(**story)
    assert 'href="/guides/naloxone/"' in page.split("Is it over?", 1)[1]
    assert "Is it over?" not in sent(message="Hello")


LIBRARY = (
    "after-an-overdose",
    "aftercare-and-return-to-use",
    "alcohol-withdrawal",
    "helping-someone-you-love",
    "naloxone-and-overdose",
    "what-detox-is-and-is-not",
)
BIBLIOTECA = ("abstinencia-de-alcohol", "ayudar-a-un-ser-querido", "despues-de-una-sobredosis", "naloxona-y-sobredosis")


@pytest.mark.parametrize(
    ("address", "words", "guide"),
    [
        (URL, "He had an overdose last week", "after-an-overdose"),
        (URL, "She tried to kill herself last week", "helping-someone-you-love"),
        (URL, "He hit me last week", "helping-someone-you-love"),
        (URL, "He had a seizure last week", "alcohol-withdrawal"),
        ("/es/contact/", "Tuvo una sobredosis la semana pasada", "despues-de-una-sobredosis"),
        ("/es/contact/", "Se intentó suicidar la semana pasada", "ayudar-a-un-ser-querido"),
        ("/es/contact/", "Mi marido me golpeó la semana pasada", "ayudar-a-un-ser-querido"),
        ("/es/contact/", "Tuvo una convulsión la semana pasada", "abstinencia-de-alcohol"),
    ],
)
def test_what_is_over_leads_to_the_nearest_guide_of_the_starter_library(riverside, visitor, address, words, guide):
    call_command("load_starter_guides", only=[*LIBRARY, *BIBLIOTECA], verbosity=0)
    page = visitor.get(visitor.post(address, filled(visitor.get(address), message=words))["Location"]).content.decode()
    over = {URL: "Is it over?", "/es/contact/": "¿Ya pasó?"}[address]
    assert re.findall(r'href="(?:/es)?/guides/([\w-]+)/"', page.split(over, 1)[1].split("</p>")[0]) == [guide]


def test_where_no_centre_takes_requests_the_numbers_are_there_to_press(db, visitor):
    aside = visitor.get(URL).content.decode().split("take requests right now", 1)[1].split("</aside>")[0]
    assert ["911" in aside, "988" in aside, 'href="tel:+18006624357"' in aside] == [True, True, True]
