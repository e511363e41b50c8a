"""Numbers in a guide can be called, or written to, with one tap."""

import pytest
from django.utils.translation import override
from lxml import html

from articles.rendering import phone_links

pytestmark = pytest.mark.once


def links(body, language="en"):
    root = html.fragment_fromstring(body, create_parent="div")
    before = root.text_content()
    with override(language):
        phone_links.link_numbers(root)
    assert root.text_content() == before, "the words stay as they were"
    return [(link.get("href"), link.text) for link in root.cssselect('a[href^="tel:"], a[href^="sms:"]')]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>Call your local emergency number now (911 in the US) if</p>", [("tel:911", "911")]),
        ("<p>Call or text 988. It is free.</p>", [("tel:988", "988")]),
        ("<p>You can text 988.</p>", [("sms:988", "988")]),
        (
            "<p>Call 1-800-662-4357, or (800) 222-1222.</p>",
            [("tel:+18006624357", "1-800-662-4357"), ("tel:+18002221222", "(800) 222-1222")],
        ),
        ("<li>You can also text HOME to 741741.</li>", [("sms:741741?body=HOME", "741741")]),
        ("<p>In danger, call 911 or 988.[1]</p>", [("tel:911", "911"), ("tel:988", "988")]),
        ('<p class="callout-title"><b>Call 911</b>, now</p>', [("tel:911", "911")]),
        ("<td>Text <b>741741</b> now</td>", [("sms:741741?body=HOME", "741741")]),
    ],
)
def test_a_number_becomes_a_link(body, found):
    assert links(body) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>Llame al 988 y oprima el 2, o envíe AYUDA por texto al 988.</p>", [("tel:988", "988"), ("sms:988?body=AYUDA", "988")]),
        ("<p>Envíe HOLA al 741741.</p>", [("sms:741741?body=HOLA", "741741")]),
        ("<p>Escriba al 741741.</p>", [("sms:741741?body=AYUDA", "741741")]),
    ],
)
def test_a_number_in_spanish_becomes_a_link(body, found):
    assert links(body, "es") == found


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Call 911</h2>",
        '<p><a href="https://988lifeline.org">988 Lifeline</a></p>',
        "<p><code>911</code></p>",
        "<p>In 2003–2013, 10,911 people; 988 people; $911; 98.8 and 9110; 911-a.</p>",
        "<p>Doses of 100-200-3000 and the paper 10.1001/jama.2020.1234567.</p>",
        "<p>Days 2 to 3, 24 hours, 1 2 3 4 5 6 7</p>",
    ],
)
def test_other_numbers_and_other_places_stay_as_they_are(body):
    assert links(body) == []


def test_another_country_has_its_own_numbers(settings):
    settings.COUNTRY = "GB"
    assert links("<p>Call 999, or Samaritans on 116 123, or 0300 123 6600. Not 911.</p>") == [
        ("tel:999", "999"),
        ("tel:116123", "116 123"),
        ("tel:+443001236600", "0300 123 6600"),
    ]
