"""The file of helplines must be complete."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from recovery_site.helplines import checked_on, helplines

pytestmark = pytest.mark.once


def test_the_emergency_number_comes_first():
    assert [line.href for line in helplines("US", "en")][:2] == ["tel:911", "tel:988"]


def test_a_language_without_a_translation_gets_the_english_texts():
    assert helplines("US", "zz")[0].name == "Emergency"


def test_spanish_speakers_learn_which_option_to_press():
    assert helplines("US", "es")[1].number == "988, opción 2"


def test_an_unknown_country_is_refused_with_advice():
    with pytest.raises(ImproperlyConfigured, match=r"Add a \[\[XX\]\] section"):
        helplines("XX", "en")


def test_a_helpline_without_a_number_is_refused(tmp_path):
    file = tmp_path / "helplines.toml"
    file.write_text('checked = 2026-01-01\n[[US]]\nkey = "crisis"\nname = { en = "x" }\ntel = "1"\nabout = { en = "x" }\n')
    with pytest.raises(ImproperlyConfigured, match="'number'"):
        helplines("US", "en", file)


def test_a_file_without_a_date_is_refused(tmp_path):
    file = tmp_path / "helplines.toml"
    file.write_text("[[US]]\n")
    with pytest.raises(ImproperlyConfigured, match="checked"):
        checked_on(file)
