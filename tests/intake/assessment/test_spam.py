"""The spam score recognises programs but not frightened people."""

import pytest

from intake.assessment import spam
from intake.assessment.spam import FormSigns
from intake.cases.inquiry_data import InquiryData


def looks_like_spam(message="", name="", **signs):
    return spam.signs_of_spam(InquiryData(message=message, name=name), FormSigns(**signs))[0] >= spam.THRESHOLD


@pytest.mark.parametrize(
    ("message", "signs"),
    [
        ("", {"trap_filled": True}),
        ("We offer SEO and backlinks http://a.example http://b.example", {}),
        ("hello http://a.example", {"seconds_open": 1}),
        ("hello", {"seconds_open": 1, "forms_of_block": 9}),
    ],
)
def test_forms_of_programs_look_like_spam(message, signs):
    assert looks_like_spam(message, **signs)


@pytest.mark.parametrize(
    ("message", "signs"),
    [
        ("", {}),
        ("help", {"seconds_open": 2}),
        ("I read https://example.org/guide and want to stop", {}),
        ("I lost all my money with crypto and drink since then", {}),
        ("I left this open over night", {"seconds_open": 100_000}),
        ("From a library with many others", {"forms_of_block": 12}),
        ("PLEASE HELP ME!!!! I CAN NOT STOP", {}),
    ],
)
def test_forms_of_people_do_not_look_like_spam(message, signs):
    assert not looks_like_spam(message, **signs)


def test_a_link_in_the_name_looks_like_spam():
    assert looks_like_spam("hello", name="www.example.org")
