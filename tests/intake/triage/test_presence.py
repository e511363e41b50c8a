"""Two people on one case see each other."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.models import Presence
from intake.triage import presence

pytestmark = pytest.mark.django_db


def test_the_page_shows_who_else_has_the_case_open(inquiry, amara, ben, client):
    presence.seen(inquiry, ben, timezone.now())
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
    assert "Also has this case open:" in page
    assert "Ben Okafor" in page


def test_who_is_gone_for_half_a_minute_is_shown_no_more(inquiry, amara, ben):
    now = timezone.now()
    presence.seen(inquiry, ben, now - dt.timedelta(seconds=30))
    assert presence.others(inquiry, amara, now) == []
    presence.forget_old(now)
    assert not Presence.objects.exists()


def test_an_open_page_learns_that_the_case_changed(inquiry, amara, ben, client):
    client.force_login(amara)
    address = f"/admin/intake/inquiry/{inquiry.reference}/presence/?version={inquiry.version}"
    assert "has changed" not in client.get(address).content.decode()
    triage.claim(inquiry, by=ben)
    assert "has changed" in client.get(address).content.decode()
