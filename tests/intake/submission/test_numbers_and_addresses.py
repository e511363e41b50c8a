"""Phone numbers and e-mail addresses as people write them: what can't be reached is asked about, all else is kept for who calls."""

import re

import pytest
from django.test import Client

from intake.crypto import keyring, sealing
from intake.forms import email_addresses
from intake.models import Inquiry, KeyWrap
from recovery_site import phones
from tests.intake.pages import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def marisol():
    return Client(enforce_csrf_checks=True)


def sent(visitor, page=None, **answers):
    page = page or visitor.get("/contact/")
    return visitor.post("/contact/", {"token": hidden(page, "token"), "for_whom": "self", **answers})


def by_phone(visitor, phone):
    return sent(visitor, contact_way="phone", consent_call="on", phone=phone)


def by_email(visitor, email, **more):
    return sent(visitor, contact_way="email", consent_email="on", email=email, **more)


def stored():
    inquiry = Inquiry.objects.get()
    wrap = KeyWrap.objects.get(inquiry=inquiry)
    key = sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, key)


@pytest.mark.parametrize(
    ("typed", "number", "note"),
    [
        ("212-555-0143 ext. 204", "+12125550143", "ext. 204"),
        ("212-555-0143 x204", "+12125550143", "ext. 204"),
        ("212 555 0143 #12", "+12125550143", "ext. 12"),
        ("212-555-0143 (moms cell)", "+12125550143", "moms cell"),
        ("moms cell: 212-555-0143", "+12125550143", "moms cell"),
        ("212 555 0143 or 917 555 0199", "+12125550143", "or 917 555 0199"),
        ("0052 55 5555 0143", "+525555550143", ""),
        ("tel:+12125550143", "+12125550143", ""),
        ("\u202a(212) 555-0143\u202c", "+12125550143", ""),
        ("２１２ ５５５ ０１４３", "+12125550143", ""),
        ("1-800-FLOWERS", "+18003569377", ""),
    ],
)
def test_what_marisol_writes_beside_her_number_is_kept_for_who_calls(riverside, marisol, typed, number, note):
    assert by_phone(marisol, typed).status_code == 303
    assert (stored()["phone"], stored().get("phone_note", "")) == (number, note)
    assert phones.read(phones.Phone(number, note).written) == (number, note)


@pytest.mark.parametrize("typed", ["555-0143", "555 0143", "5550143"])
def test_a_number_without_an_area_code_is_refused_with_the_words_that_mend_it(riverside, marisol, typed):
    page = by_phone(marisol, typed)
    assert page.status_code == 422
    assert "This number has no area code" in page.content.decode()
    assert f'value="{typed}"' in page.content.decode()
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("typed", ["123 456 7890", "911 555 0143", "212 155 0143", "000 000 0000", "call me"])
def test_a_number_that_nobody_can_call_is_refused(riverside, marisol, typed):
    page = by_phone(marisol, typed)
    assert page.status_code == 422
    assert "nobody can call it as it is" in page.content.decode()


def test_amara_sees_the_extension_beside_the_number_before_she_calls(riverside, marisol, amara, client):
    by_phone(marisol, "212-555-0143 ext. 204 (moms cell)")
    client.force_login(amara)
    page = client.post(f"/admin/intake/inquiry/{Inquiry.objects.get().reference}/contact/", follow=True).content.decode()
    assert re.search(r"Beside the number.*?ext\. 204 moms cell", page, re.S)


@pytest.mark.parametrize(
    "pasted",
    [
        "<ana@example.org>",
        "Ana <ana@example.org>",
        "ana@example.org,",
        "ana@example.org.",
        "\u202aana@example.org\u202c",
        "mailto:ana@example.org?subject=hi",
        "ana @ example.org",
    ],
)
def test_an_address_is_understood_as_it_is_pasted(riverside, marisol, pasted):
    assert by_email(marisol, pasted).status_code == 303
    assert stored()["email"] == "ana@example.org"


@pytest.mark.parametrize(("typed", "meant"), [("mom@gmial.com", "mom@gmail.com"), ("mom@riverside.con", "mom@riverside.com")])
def test_an_address_that_looks_mistyped_is_asked_about_once_and_taken_as_it_is(riverside, marisol, typed, meant):
    page = by_email(marisol, typed)
    assert page.status_code == 422
    assert f"Did you mean {meant}?" in page.content.decode()
    again = sent(marisol, page, contact_way="email", consent_email="on", email=typed, email_asked=hidden(page, "email_asked"))
    assert again.status_code == 303
    assert stored()["email"] == typed


def test_one_press_takes_the_address_that_was_meant(riverside, marisol):
    page = by_email(marisol, "mom@gmial.com")
    assert 'name="email_instead" value="mom@gmail.com"' in " ".join(page.content.decode().split())
    assert by_email(marisol, "mom@gmial.com", email_instead="mom@gmail.com").status_code == 303
    assert stored()["email"] == "mom@gmail.com"


def test_nobody_else_can_put_another_address_in_its_place(riverside, marisol):
    by_email(marisol, "mom@example.org", email_instead="somebody@example.com")
    assert stored()["email"] == "mom@example.org"


@pytest.mark.parametrize("address", ["ana@gmail.com", "ana@mail.com", "ana@ymail.com", "ana@example.org", "ana@uni.edu.mx", "ana@gmx.de"])
def test_an_ordinary_address_is_not_asked_about(address):
    assert email_addresses.likely(address) == ""


def test_letters_that_mail_does_not_take_are_named(riverside, marisol):
    page = by_email(marisol, "josé@example.org")
    assert page.status_code == 422
    assert "with “é” before the @" in page.content.decode()
