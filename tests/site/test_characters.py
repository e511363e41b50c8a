"""Characters that XML can't hold are taken out of all words that come in."""

import pytest
from django.http import QueryDict
from lxml import etree

from recovery_site.database.characters import storable, storable_data, storable_form

NOT_XML = [chr(number) for number in (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF)]


@pytest.mark.parametrize("character", NOT_XML, ids=lambda character: f"U+{ord(character):04X}")
def test_each_becomes_a_space(character):
    assert storable(f"Wait{character}two hours") == "Wait two hours"


@pytest.mark.parametrize("text", ["Line one\nline two\ttab\r\n", "ñ “quotes” 漢字 👩‍⚕️ \u200b\ufeff\x85", "\U0010ffff\ue000\ufffd"])
def test_all_others_are_kept(text):
    assert storable(text) == text
    etree.Element("p").text = text  # raises ValueError for what it can't hold


def test_data_in_data_is_reached():
    assert storable_data({"a": ["x\x0b", {"b": "y\uffff"}], "n": 1}) == {"a": ["x ", {"b": "y "}], "n": 1}


def test_a_clean_form_is_passed_on_as_it_is():
    data = QueryDict("a=1&a=2")
    assert storable_form(data) is data
    assert storable_form(QueryDict("a=1%0B&a=2")).getlist("a") == ["1 ", "2"]
