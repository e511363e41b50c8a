"""The demo centre and its staff."""

import datetime as dt
import itertools
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR, has_role
from intake import demo
from intake.cases import case_keys
from intake.crypto import keyring, sealing
from intake.demo import life
from intake.models import Centre, Inquiry, Membership, Notification, Referral

pytestmark = pytest.mark.django_db


def test_the_demo_centre_can_take_inquiries():
    demo.set_up()

    centre = Centre.objects.get(is_default=True)
    assert centre in Centre.objects.accepting()
    assert keyring.active_key(centre) is not None
    assert {hours.weekday for hours in centre.opening_hours.all()} == set(range(7))


@pytest.fixture(autouse=True)
def without_cases(monkeypatch):
    monkeypatch.setenv("DEMO_CASES", "0")


def test_each_demo_person_has_the_printed_role(capsys):
    call_command("setup_demo")

    printed = capsys.readouterr().out
    for person in demo.PEOPLE:
        assert re.search(rf"^  {person.username} +[a-z0-9-]{{17}} +{re.escape(person.purpose)}$", printed, re.M)
    people = {user.username: user for user in User.objects.all()}
    assert has_role(people["demo-editor"], EDITOR)
    assert has_role(people["demo-reviewer"], CLINICAL_REVIEWER)
    assert people["demo-lead"].memberships.get().role == Membership.Role.LEAD
    assert people["demo-triage"].memberships.get().role == Membership.Role.TRIAGE
    assert [name for name, user in people.items() if user.is_superuser] == ["demo-operator"]


def test_the_printed_password_signs_in(client, capsys):
    call_command("setup_demo")
    [password] = re.findall(r"^  demo-triage +(\S+)", capsys.readouterr().out, re.M)

    assert client.login(username="demo-triage", password=password)


def test_every_demo_person_is_marked_as_fictional():
    demo.set_up()

    assert all("(demo)" in user.shown_name and user.email.endswith("@example.org") for user in User.objects.all())


def test_a_site_in_use_is_not_changed(capsys):
    User.objects.create_user("maria", password="a real person's password")

    call_command("setup_demo")

    assert "nothing was made" in capsys.readouterr().out
    assert list(User.objects.values_list("username", flat=True)) == ["maria"]
    assert not Centre.objects.exists()


def test_the_demo_has_life_at_two_centres_in_every_state(client, monkeypatch, capsys):
    monkeypatch.setenv("DEMO_CASES", "1")
    call_command("setup_demo")

    assert "demo-lakeside" in capsys.readouterr().out
    assert 55 <= Inquiry.objects.count() <= 75
    assert {inquiry.centre.slug for inquiry in Inquiry.objects.select_related("centre")} == {"harbor-house-demo", "lakeside-demo"}
    assert set(Inquiry.objects.values_list("state", flat=True)) == set(Inquiry.State.values)
    outcomes = set(Inquiry.objects.exclude(outcome="").values_list("outcome", flat=True))
    assert outcomes == set(Inquiry.Outcome.values)
    assert set(Inquiry.objects.values_list("priority", flat=True)) == {1, 2, 3}
    assert set(Referral.objects.values_list("state", flat=True)) >= {"offered", "accepted", "declined", "arrived", "absent"}
    assert Inquiry.objects.filter(held_for__isnull=False).exists()
    client.force_login(User.objects.get(username="demo-triage"))
    for page in ("", "intake/inquiry/", "intake/inquiry/waiting-list/", "intake/inquiry/board/"):
        assert client.get(f"/admin/{page}").status_code == 200


def test_the_demos_cases_are_of_these_weeks_sealed_and_clearly_invented():
    demo.set_up()
    life.fill()

    now = timezone.now()
    received = list(Inquiry.objects.values_list("received_at", flat=True))
    assert min(received) > now - dt.timedelta(days=60)
    assert max(received) > now - dt.timedelta(hours=1)
    assert max(received) <= now
    lead = User.objects.get(username="demo-lead")
    for inquiry in Inquiry.objects.filter(centre__is_default=True, erased_at=None):
        words = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_keys.for_staff(inquiry, lead))
        assert words["name"].endswith("Example (demo)")
        assert words["phone"].startswith("+1202555")
        events = list(inquiry.events.order_by("id").values_list("at", flat=True))
        assert events == sorted(events)
        assert events[-1] <= now + dt.timedelta(minutes=1)


def test_nobody_is_written_to_about_invented_people():
    demo.set_up()
    life.fill()

    assert not Notification.objects.filter(state=Notification.State.PENDING).exists()


def test_what_happened_to_a_demo_case_is_recorded_as_of_then():
    demo.set_up()
    life.fill()

    for inquiry in Inquiry.objects.prefetch_related("events"):
        recorded = [event.at for event in inquiry.events.all()]
        assert all(after - before > -dt.timedelta(seconds=1) for before, after in itertools.pairwise(recorded))
        assert abs(recorded[0] - inquiry.received_at) < dt.timedelta(minutes=1)
        if inquiry.closed_at and inquiry.outcome != "withdrawn":
            closed = inquiry.events.filter(kind__in=["closed", "merged"]).last()
            assert closed is None or abs(closed.at - inquiry.closed_at) < dt.timedelta(minutes=1)
