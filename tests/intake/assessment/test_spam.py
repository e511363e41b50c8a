"""What looks automatic is recognised by several signs together, never by the words that people here ask for help with."""

import pytest

from intake.assessment import spam
from intake.assessment.spam import FormSigns
from intake.cases.inquiry_data import InquiryData

SIGNATURE = "\n\nSam Rivera, LCSW\nhttps://clinic.example\nhttps://clinic.example/book\nhttps://social.example/sam"


def looks_automatic(message="", signs=None, **answers):
    return spam.looks_automatic(spam.signs_in(InquiryData(message=message, **answers), FormSigns(**(signs or {}))))


@pytest.mark.parametrize(
    ("message", "signs"),
    [
        ("", {"trap_filled": True, "seconds_open": 1}),
        ("We offer SEO and backlinks http://a.example http://b.example", {}),
        ("hello http://a.example", {"seconds_open": 1}),
        ("hello", {"seconds_open": 1, "forms_of_block": 9}),
        ("[url=http://a.example]pills[/url]", {}),
        ('<a href="http://a.example">pills</a>', {}),
        ("hello", {"proven": False}),
    ],
)
def test_forms_of_programs_look_automatic(message, signs):
    assert looks_automatic(message, signs)


@pytest.mark.parametrize(
    ("message", "signs"),
    [
        ("", {}),
        ("help", {"seconds_open": 2}),
        ("A password manager filled in everything", {"trap_filled": True}),
        ("I read https://example.org/guide and want to stop", {}),
        ("I lost it all at the casino, then forex and crypto. I drink to forget it.", {}),
        ("He buys on telegram with bitcoin, viagra and cialis too, and now onlyfans", {"trap_filled": True}),
        ("I took a loan offer to pay for pills", {"seconds_open": 2}),
        ("I left this open over night", {"seconds_open": 100_000}),
        ("From a library with many others", {"forms_of_block": 12}),
        ("PLEASE HELP ME!!!! I CAN NOT STOP", {}),
        (f"My brother needs a bed.{SIGNATURE}", {"trap_filled": True}),
    ],
)
def test_forms_of_people_do_not_look_automatic(message, signs):
    assert not looks_automatic(message, signs)


@pytest.mark.parametrize("message", ["Do you have a bed this week?", f"Do you have a bed? See www.clinic.example{SIGNATURE}"])
def test_a_professional_gives_the_address_of_the_workplace(message):
    """Also when a password manager fills in what nobody sees."""
    assert not looks_automatic(message, {"trap_filled": True}, for_whom="professional", name="Sam Rivera, www.clinic.example")


@pytest.mark.parametrize("code", [*spam.SIGNS, "old_form", "link_in_name"])
def test_every_sign_has_words_also_those_of_an_earlier_release(code):
    assert len(spam.in_words(code)) > 10
