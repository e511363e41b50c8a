"""Centres in the admin: who may configure them, and that a new one gets a key."""

import pytest

from intake.crypto import keyring, pins
from intake.models import Centre

pytestmark = pytest.mark.django_db
CENTRES = "/admin/intake/centre/"


def form(**changes):
    empty = {
        f"{name}-{count}": "0"
        for name in ("opening_hours", "holidays", "memberships", "retention_rules", "translations")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return {
        **empty,
        "name": "Hillside",
        "slug": "hillside",
        "time_zone": "America/Denver",
        "languages": ["en", "es"],
        "accepts_inquiries": "on",
        "promise_minutes": "60",
        "urgent_promise_minutes": "15",
        "escalate_after_minutes": "30",
        "cadence_tries": "3",
        "cadence_days": "5",
        **changes,
    }


def test_a_centre_created_by_the_operator_has_a_key(client, olga, centre_keys):
    client.force_login(olga)
    hours = {
        "opening_hours-TOTAL_FORMS": "1",
        "opening_hours-0-weekday": "0",
        "opening_hours-0-opens": "09:00",
        "opening_hours-0-closes": "17:00",
    }
    answer = client.post(CENTRES + "add/", form(**hours))
    centre = Centre.objects.get(slug="hillside")
    assert (answer.status_code, answer.url) == (302, f"{CENTRES}{centre.pk}/change/")
    assert "Can this center take inquiries?" in client.get(answer.url).content.decode()
    assert centre.opening_hours.count() == 1
    key = keyring.active_key(centre)
    assert key is not None
    assert keyring.private_key(key)


def test_where_only_a_person_can_sign_keys_a_new_centre_waits_for_its_key(client, olga, centre_keys, settings):
    settings.ORGANISATION_PUBLIC_KEY, settings.ORGANISATION_KEY = pins.organisation_public_key(), ""
    client.force_login(olga)
    answer = client.post(CENTRES + "add/", form(**{"opening_hours-TOTAL_FORMS": "0"}), follow=True)
    assert "manage.py keys create" in answer.content.decode()
    assert keyring.active_key(Centre.objects.get(slug="hillside")) is None


def test_a_form_that_is_refused_leaves_no_key_behind(client, olga, centre_keys):
    client.force_login(olga)
    hours = {
        "opening_hours-TOTAL_FORMS": "1",
        "opening_hours-0-weekday": "0",
        "opening_hours-0-opens": "17:00",
        "opening_hours-0-closes": "09:00",
    }
    answer = client.post(CENTRES + "add/", form(**hours))
    assert "Closing must be after opening." in answer.content.decode()
    assert not Centre.objects.exists()
    assert not centre_keys.exists()


def test_changing_a_centre_creates_no_second_key(client, olga, riverside):
    client.force_login(olga)
    changed = form(name="Riverside House", slug="riverside", is_default="on")
    rows = {"opening_hours-INITIAL_FORMS": "0", "opening_hours-TOTAL_FORMS": "0"}
    assert client.post(f"{CENTRES}{riverside.pk}/change/", {**changed, **rows}).status_code == 302
    assert riverside.keys.count() == 1


def test_luisa_configures_her_own_centre_and_no_other(client, luisa, riverside, harbor):
    client.force_login(luisa)
    assert client.get(f"{CENTRES}{riverside.pk}/change/").status_code == 200
    assert client.get(f"{CENTRES}{harbor.pk}/change/").status_code == 302
    assert client.get(f"{CENTRES}add/").status_code == 403
    page = client.get(CENTRES).content.decode()
    assert "Riverside" in page
    assert "Harbor" not in page


def test_triage_staff_and_editors_can_not_configure_centres(client, amara, edith, riverside):
    for person in (amara, edith):
        client.force_login(person)
        assert client.get(CENTRES).status_code == 403
        assert client.get(f"{CENTRES}{riverside.pk}/change/").status_code in (302, 403)


def rows(prefix, *rows):
    """Return new inline rows of a centre's form."""
    filled = {f"{prefix}-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        filled |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return filled


def test_hours_that_overlap_are_refused_with_the_row_to_write(client, olga, centre_keys):
    client.force_login(olga)
    hours = rows(
        "opening_hours",
        {"weekday": "0", "opens": "12:00", "closes": "17:00"},
        {"weekday": "0", "opens": "09:00", "closes": "13:00"},
    )
    page = client.post(CENTRES + "add/", form(**hours)).content.decode()
    assert "Monday: the row from 9 a.m. ends at 1 p.m., but another begins at noon already. Write one row from 9 a.m. to 5 p.m." in page
    assert not Centre.objects.exists()


def test_hours_that_meet_and_the_same_hours_on_two_days_are_taken(client, olga, centre_keys):
    client.force_login(olga)
    hours = rows(
        "opening_hours",
        {"weekday": "0", "opens": "09:00", "closes": "13:00"},
        {"weekday": "0", "opens": "13:00", "closes": "17:00"},
        {"weekday": "1", "opens": "12:00", "closes": "17:00"},
    )
    assert client.post(CENTRES + "add/", form(**hours)).status_code == 302
    assert Centre.objects.get().opening_hours.count() == 3


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ({"opens": "09:00"}, "Write when you open and when you close"),
        ({"opens": "13:00", "closes": "09:00"}, "Write when you open and when you close"),
        ({"last_day": "2026-12-01"}, "The last day must not be before the first."),
    ],
)
def test_a_special_day_that_makes_no_sense_is_refused(client, olga, centre_keys, day, words):
    client.force_login(olga)
    assert words in client.post(CENTRES + "add/", form(**rows("holidays", {"day": "2026-12-24", **day}))).content.decode()


def test_two_rows_about_one_day_are_refused(client, olga, centre_keys):
    client.force_login(olga)
    days = rows("holidays", {"day": "2026-12-20", "last_day": "2026-12-31"}, {"day": "2026-12-24", "opens": "09:00", "closes": "12:00"})
    assert "Two rows are about December 24." in client.post(CENTRES + "add/", form(**days)).content.decode()


def test_luisa_fills_in_what_visitors_ask_first(client, luisa, riverside):
    client.force_login(luisa)
    spanish = rows("translations", {"language": "es", "to_bring": "Sus medicamentos"})
    sent = form(name="Riverside", slug="riverside", payments=["medicaid", "free"], levels=["detox"], to_bring="Your medicines", **spanish)
    assert client.post(f"{CENTRES}{riverside.pk}/change/", sent).status_code == 302
    riverside.refresh_from_db()
    assert (riverside.payments, riverside.levels) == (["medicaid", "free"], ["detox"])
    assert riverside.translations.get().to_bring == "Sus medicamentos"
