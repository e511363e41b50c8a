"""On call: what a lead types is the centre's time, and who is on call is who was meant."""

import datetime as dt

import pytest
from django.urls import reverse

from intake.models import OnCallShift
from intake.notifications import recipients
from tests.people import member

pytestmark = pytest.mark.django_db
SHIFTS = "/admin/intake/oncallshift/"
NIGHT = {"starts_at": "2026-11-29T20:00", "ends_at": "2026-11-30T08:00"}
FOUR_IN_NEW_YORK = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


@pytest.fixture
def ben(riverside):
    return member("ben", "Ben Okafor", riverside, "triage", email="ben@example.org")


def test_a_night_that_luisa_plans_is_a_night_in_new_york(client, luisa, ben, riverside):
    client.force_login(luisa)
    page = client.get(f"{SHIFTS}add/").content.decode()
    assert page.count("New York time</span>") == 2
    assert client.post(f"{SHIFTS}add/", {"centre": riverside.pk, "user": ben.pk, **NIGHT}).status_code == 302
    assert list(recipients.on_call(riverside, FOUR_IN_NEW_YORK)) == [ben]
    assert "Sun 29 Nov 8:00 p.m. EST" in client.get(SHIFTS).content.decode()


def test_and_she_sees_it_again_as_she_typed_it(client, luisa, ben, riverside):
    client.force_login(luisa)
    client.post(f"{SHIFTS}add/", {"centre": riverside.pk, "user": ben.pk, **NIGHT})
    shift = OnCallShift.objects.get()
    page = client.get(f"{SHIFTS}{shift.pk}/change/").content.decode()
    assert 'value="2026-11-29T20:00"' in page


def test_olga_who_may_choose_any_center_reads_by_which_clock(client, olga, ben, riverside, harbor):
    olga.time_zone = "Europe/Madrid"
    olga.save()
    client.force_login(olga)
    page = client.get(f"{SHIFTS}add/").content.decode()
    assert "by the clock of the center chosen above" in page
    assert "Harbor: Chicago time; Riverside: New York time; all centers: Madrid time." in page
    client.post(f"{SHIFTS}add/", {"centre": "", "user": ben.pk, **NIGHT})
    assert OnCallShift.objects.get().starts_at == dt.datetime(2026, 11, 29, 19, tzinfo=dt.UTC)


def test_a_pause_is_on_the_clock_of_the_center(client, luisa, riverside):
    client.force_login(luisa)
    page = client.get(f"/admin/intake/centre/{riverside.pk}/change/").content.decode()
    assert "New York time</span>" in page


def test_every_staff_page_says_whose_time_it_shows(client, luisa):
    luisa.time_zone = "Pacific/Honolulu"
    luisa.save()
    client.force_login(luisa)
    assert "times here are Honolulu time" in client.get(reverse("admin:index")).content.decode()
