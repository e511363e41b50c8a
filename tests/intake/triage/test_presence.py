"""Two people on one case see each other."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import triage
from intake.models import Presence
from recovery_site.staff import presence

pytestmark = pytest.mark.django_db


def test_the_page_shows_who_else_has_the_case_open(inquiry, amara, ben, client):
    presence.arrive(inquiry.presences, ben, timezone.now())
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
    assert "Also has this case open:" in page
    assert "Ben Okafor" in page


def test_who_is_gone_for_half_a_minute_is_shown_no_more(inquiry, amara, ben):
    now = timezone.now()
    presence.arrive(inquiry.presences, ben, now - dt.timedelta(seconds=30))
    assert presence.arrive(inquiry.presences, amara, now) == []
    presence.forget_old(Presence.objects, now + presence.GONE_AFTER)
    assert not Presence.objects.exists()


def test_an_open_page_learns_that_the_case_changed(inquiry, amara, ben, client):
    client.force_login(amara)
    address = f"/admin/intake/inquiry/{inquiry.reference}/presence/"
    shown = {"version": inquiry.version}
    assert "has changed" not in client.post(address, shown).content.decode()
    triage.claim(inquiry, by=ben)
    assert "has changed" in client.post(address, shown).content.decode()


def test_who_closes_the_page_is_shown_no_more(inquiry, amara, ben, client):
    client.force_login(ben)
    client.get(f"/admin/intake/inquiry/{inquiry.reference}/")
    client.post(f"/admin/intake/inquiry/{inquiry.reference}/presence/", {"leaving": "1"})
    assert presence.arrive(inquiry.presences, amara, timezone.now()) == []
