"""Settings that leads change: they are previewed, validated, and limited to the lead's own centre."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from intake.models import Centre, OnCallShift, OpeningHours, RetentionRule, RoutingRule
from tests.intake.admin.test_centres import CENTRES, form

pytestmark = pytest.mark.django_db
ROTA = "/admin/intake/oncallshift/"


def preview(client, centre, **changes):
    same = form(name=centre.name, slug=centre.slug, time_zone=centre.time_zone, is_default="on")
    return client.post(f"{CENTRES}{centre.pk}/change/", {**same, **changes, "_preview": "1"})


def test_a_lead_sees_what_a_change_would_do_and_nothing_is_stored(client, luisa, riverside):
    client.force_login(luisa)
    OpeningHours.objects.all().delete()
    all_week = {"opening_hours-TOTAL_FORMS": "7"}
    for day in range(7):
        all_week |= {
            f"opening_hours-{day}-weekday": str(day),
            f"opening_hours-{day}-opens": "00:00",
            f"opening_hours-{day}-closes": "23:59",
        }
    page = preview(client, riverside, cadence_tries="4", **all_week).content.decode()
    assert "What this would change" in page
    for what, before, after in (
        ("Open now", "no", "yes"),
        ("Tries to reach someone", "3 in 5 days", "4 in 5 days"),
    ):
        row = page[page.index(f">{what}</th>") :][:400]
        assert f">{before}</td>" in row
        assert f"<strong>{after}</strong>" in row
    assert "never: it has no opening hours" in page
    # The typed values are still in the form, and nothing is stored.
    assert 'name="cadence_tries" value="4"' in page
    assert 'name="opening_hours-6-opens" value="00:00' in page
    riverside.refresh_from_db()
    assert riverside.cadence_tries == 3
    assert not OpeningHours.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_lead_sees_how_many_cases_a_retention_rule_would_erase(client, luisa, riverside, arrives):
    client.force_login(luisa)
    for _case in range(3):
        arrives(state="closed", outcome="spam", closed_at=timezone.now() - dt.timedelta(days=40))
    rule = {"retention_rules-TOTAL_FORMS": "1", "retention_rules-0-outcome": "spam", "retention_rules-0-days": "30"}
    page = preview(client, riverside, **rule).content.decode()
    row = page[page.index("Closed cases erased by this time tomorrow") :][:400]
    assert ">0 cases</td>" in row
    assert "<strong>3 cases</strong>" in row
    assert not RetentionRule.objects.exists()


def test_a_retention_time_under_a_week_is_refused(client, luisa, riverside):
    client.force_login(luisa)
    rule = {"retention_rules-TOTAL_FORMS": "1", "retention_rules-0-outcome": "spam", "retention_rules-0-days": "6"}
    page = preview(client, riverside, **rule).content.decode()
    assert "greater than or equal to 7" in page
    assert "What this would change" not in page


def test_a_change_without_effect_says_so(client, luisa, riverside):
    client.force_login(luisa)
    page = preview(client, riverside, directions="Turn left.", **_stored(riverside)).content.decode()
    assert "Nothing that visitors or staff would notice right now." in page
    assert Centre.objects.get().directions == ""


def _stored(centre):
    """Return the inline rows of the centre as its page would post them."""
    rows = {"opening_hours-TOTAL_FORMS": "5", "opening_hours-INITIAL_FORMS": "5", "memberships-TOTAL_FORMS": "0"}
    for number, hours in enumerate(centre.opening_hours.all()):
        rows |= {
            f"opening_hours-{number}-id": str(hours.pk),
            f"opening_hours-{number}-centre": str(centre.pk),
            f"opening_hours-{number}-weekday": str(hours.weekday),
            f"opening_hours-{number}-opens": f"{hours.opens:%H:%M}",
            f"opening_hours-{number}-closes": f"{hours.closes:%H:%M}",
        }
    return rows


def shift(user, centre=None, **changes):
    return {
        "centre": "" if centre is None else str(centre.pk),
        "user": str(user.pk),
        "starts_at": "2026-11-27T20:00",
        "ends_at": "2026-11-28T08:00",
        **changes,
    }


def test_a_lead_plans_the_shifts_of_their_own_centre(client, luisa, amara, riverside):
    amara.email = "amara@example.org"
    amara.save()
    client.force_login(luisa)
    assert client.post(ROTA + "add/", shift(amara, riverside)).status_code == 302
    assert OnCallShift.objects.get().user == amara


def test_a_shift_of_someone_who_can_not_be_notified_is_refused(client, luisa, amara, noor, olga, riverside):  # noqa: PLR0917 (everybody)
    client.force_login(luisa)
    assert "no e-mail address" in client.post(ROTA + "add/", shift(amara, riverside)).content.decode()
    # Staff of another centre aren't offered to a lead; the operator gets an explanation.
    assert "Select a valid choice" in client.post(ROTA + "add/", shift(noor, riverside)).content.decode()
    client.force_login(olga)
    assert "does not work at that center" in client.post(ROTA + "add/", shift(noor, riverside)).content.decode()
    backwards = shift(amara, riverside, ends_at="2026-11-26T08:00")
    assert "The end must be after the start." in client.post(ROTA + "add/", backwards).content.decode()
    assert not OnCallShift.objects.exists()


def test_a_lead_can_not_edit_shifts_of_other_centres_or_of_all(client, luisa, noor, harbor):
    client.force_login(luisa)
    start = timezone.now()
    for centre in (harbor, None):
        row = OnCallShift.objects.create(centre=centre, user=noor, starts_at=start, ends_at=start + dt.timedelta(hours=8))
        assert client.get(f"{ROTA}{row.pk}/change/").status_code == 302
        assert client.post(f"{ROTA}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert OnCallShift.objects.count() == 2
    assert client.post(ROTA + "add/", shift(luisa)).status_code == 200  # for all centres: refused


def test_luisa_can_read_and_try_routing_rules_but_not_change_them(client, luisa, riverside):
    rule = RoutingRule.objects.create(position=1, name="Spanish first", centre=riverside, languages=["es"])
    client.force_login(luisa)
    assert "Spanish first" in client.get("/admin/intake/routingrule/").content.decode()
    assert client.get("/admin/intake/routingrule/try/").status_code == 200
    page = client.get(f"/admin/intake/routingrule/{rule.pk}/change/").content.decode()
    assert "_save" not in page
    assert client.post(f"/admin/intake/routingrule/{rule.pk}/change/", {"name": "Mine"}).status_code == 403
