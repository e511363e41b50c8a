"""Only the operator can change which centre is the default one."""

import pytest
from django.urls import reverse

from intake.models import Centre
from tests.people import member

pytestmark = pytest.mark.django_db


def form(centre, **more):
    names = ("name", "slug", "time_zone", "promise_minutes", "urgent_promise_minutes", "escalate_after_minutes", "cadence_tries")
    data = {name: getattr(centre, name) for name in (*names, "cadence_days")} | {"accepts_inquiries": "on"}
    for rows in ("opening_hours", "holidays", "memberships", "retention_rules", "translations"):
        data |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
    return data | more


def test_the_lead_of_the_default_centre_cannot_unset_it(client, riverside, luisa):
    client.force_login(luisa)
    answer = client.post(reverse("admin:intake_centre_change", args=[riverside.pk]), form(riverside, phone="212-555-0143"))
    assert answer.status_code == 302
    riverside.refresh_from_db()
    assert (riverside.phone, riverside.is_default) == ("212-555-0143", True)


def test_a_lead_of_another_centre_cannot_make_it_the_default(client, riverside, harbor):
    leo = member("leo", "Leo Lind", harbor, "lead")
    Centre.objects.filter(pk=riverside.pk).update(is_default=False)
    client.force_login(leo)
    answer = client.post(reverse("admin:intake_centre_change", args=[harbor.pk]), form(harbor, is_default="on"))
    assert answer.status_code == 302
    assert not Centre.objects.get(pk=harbor.pk).is_default


def test_the_operator_can_change_the_default_centre(client, harbor, olga):
    client.force_login(olga)
    client.post(reverse("admin:intake_centre_change", args=[harbor.pk]), form(harbor, is_default="on"))
    assert Centre.objects.get(pk=harbor.pk).is_default
