"""Staff find the person who left a number by typing it as people of their country do."""

import secrets

import pytest

from intake.cases import blind_index
from intake.cases.inquiry_data import InquiryData
from intake.forms.fields import PhoneNumber
from intake.submission import receive

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["020 7946 0018", "+44 20 7946 0018", "0044 20 7946 0018"])
def test_amara_in_london_finds_a_number_that_she_types_without_its_country(riverside, settings, typed):
    settings.COUNTRY = "GB"
    left = InquiryData(contact_way="phone", phone=PhoneNumber().clean("020 7946 0018").number)
    case = receive.receive(left, form_token=secrets.token_bytes(16)).inquiry
    blind_index.index(case, left.payload())
    assert left.phone == "+442079460018"
    assert [match.inquiry_id for match in blind_index.found_by(typed)] == [case.pk]
