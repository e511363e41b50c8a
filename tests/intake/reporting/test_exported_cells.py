"""What a visitor types becomes no formula on a lead's computer, whatever separator its spreadsheet takes."""

import secrets

import pytest
from django.utils import timezone

from intake.cases.inquiry_data import InquiryData
from intake.reporting import exports
from intake.reporting.counting import last_days
from intake.submission import receive

pytestmark = pytest.mark.django_db
HOSTILE = ["=1+1", "Ann;=HYPERLINK(1)", "Ann\t@SUM(1)", "Ann,+1", "\uff1d1+1", "\n=1+1", "Ann; -2"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_begins_with_a_formula(riverside, luisa, name):
    receive.receive(InquiryData(name=name), form_token=secrets.token_bytes(16))
    now = timezone.now()
    wanted = exports.Wanted(last_days(2, now.date()), "audit", with_identity=True)
    text = exports.export(wanted, by=luisa).decode("utf-8-sig")
    for separator in ",;\t":
        for line in text.splitlines():
            for cell in line.split(separator):
                assert cell.strip(' "')[:1] not in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
