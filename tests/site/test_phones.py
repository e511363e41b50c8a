"""Phone numbers are read as the people of settings.COUNTRY write them, in one place."""

import pytest

from recovery_site import phones


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("US", "(212) 555-0143", "+12125550143"),
        ("US", "+44 20 7946 0018", "+442079460018"),
        ("GB", "020 7946 0018", "+442079460018"),
        ("GB", "+1 212 555 0143", "+12125550143"),
        ("MX", "55 5555 0143", "+525555550143"),
    ],
)
def test_a_number_is_stored_with_its_country(settings, country, typed, stored):
    settings.COUNTRY = country
    assert phones.normalise(typed) == stored
    assert phones.tel_link(typed) == f"tel:{stored}"


@pytest.mark.parametrize("typed", ["", "Quillon", "12", "5" * 30])
def test_what_is_no_number_is_refused_without_repeating_it(typed):
    with pytest.raises(phones.NotAPhoneNumber) as refused:
        phones.normalise(typed)
    assert str(refused.value) == ""


def test_a_short_number_can_be_called_too():
    assert phones.tel_link("988") == "tel:988"
