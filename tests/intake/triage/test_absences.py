"""The last person who can be told can't go while cases are open, and the cases of people who left go back to the team."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from intake import triage
from intake.models import Alarm, Centre, Inquiry, Membership
from intake.triage import absences
from tests.intake.admin.test_centres import form
from tests.support import housekeeping

pytestmark = pytest.mark.django_db
REASON = "nobody there could be told of danger any more"


@pytest.fixture
def luisa_alone(luisa):
    """Luisa leads Riverside, and she is all that works there."""
    luisa.email = "luisa@example.org"
    luisa.save()
    return luisa


def row(person, **changes):
    membership = Membership.objects.get(user=person)
    fields = {"id": membership.pk, "centre": membership.centre_id, "user": person.pk, "role": membership.role, "notify": "on", **changes}
    return {f"memberships-0-{name}": value for name, value in fields.items() if value is not None}


def saves_riverside(client, person, *, centre=None, **changes):
    """Save the page of Riverside, on which `person` is the only member."""
    client.force_login(person)
    counts = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    names = {"name": "Riverside", "slug": "riverside", "time_zone": "America/New_York"}
    address = f"/admin/intake/centre/{Membership.objects.get(user=person).centre_id}/change/"
    return client.post(address, form(**names, **(centre or {}), **counts, **row(person, **changes)))


def changes_members(client, by, person, **sent):
    client.force_login(by)
    centre = Membership.objects.get(user=person).centre_id
    return client.post(f"/admin/intake/centre/{centre}/members/", {"user": person.pk, **sent}, follow=True).content.decode()


@pytest.mark.parametrize("sent", [{"do": "remove"}, {"do": "role", "role": "triage"}])
def test_luisa_can_not_take_herself_out_while_a_case_is_open(client, luisa_alone, inquiry, sent):
    assert saves_riverside(client, luisa_alone, notify=None).status_code == 302  # a lead is told of danger all the same
    assert REASON in changes_members(client, luisa_alone, luisa_alone, **sent)
    assert Membership.objects.get(user=luisa_alone).role == "lead"


def test_she_can_when_no_case_is_open(client, luisa_alone, inquiry):
    Inquiry.objects.update(state="closed", outcome="informed", closed_at=timezone.now())
    changes_members(client, luisa_alone, luisa_alone, do="remove")
    assert not Membership.objects.exists()


def test_she_can_when_ben_can_be_told(client, luisa_alone, inquiry, ben):
    User.objects.filter(pk=ben.pk).update(email="ben@example.org")
    assert absences.objection_at(inquiry.centre, [ben.memberships.select_related("user", "centre").get()]) == ""
    assert absences.objection_at(inquiry.centre, []) != ""


def test_the_shared_address_is_not_taken_away_where_it_is_the_only_way(client, luisa_alone, inquiry):
    Centre.objects.update(notify_address="desk@example.org")
    User.objects.filter(pk=luisa_alone.pk).update(email="")
    assert REASON in saves_riverside(client, luisa_alone).content.decode()
    assert saves_riverside(client, luisa_alone, centre={"notify_address": "other@example.org"}).status_code == 302


@pytest.mark.parametrize("change", [{"is_active": None}, {"email": ""}])
def test_the_operator_can_not_switch_her_off_either(client, luisa_alone, inquiry, olga, change):
    client.force_login(olga)
    sent = {"username": "luisa", "display_name": "Luisa Ferreira", "email": "luisa@example.org", "time_zone": "UTC"}
    sent |= {"is_active": "on", "is_staff": "on"} | change
    answer = client.post(
        f"/admin/accounts/user/{luisa_alone.pk}/change/", {name: value for name, value in sent.items() if value is not None}
    )
    assert REASON in answer.content.decode()
    assert User.objects.get(pk=luisa_alone.pk).email == "luisa@example.org"


def test_nor_delete_her(client, luisa_alone, inquiry, olga):
    client.force_login(olga)
    assert client.post(f"/admin/accounts/user/{luisa_alone.pk}/delete/", {"post": "yes"}).status_code == 403
    sent = {"action": "delete_selected", "_selected_action": [luisa_alone.pk], "post": "yes"}
    client.post("/admin/accounts/user/", sent)
    assert User.objects.filter(pk=luisa_alone.pk).exists()


# --- The cases of who left ---


@pytest.fixture
def answered_by_amara(arrives, amara):
    """Amara answered it, and it waits for a follow-up next week."""
    case = arrives()
    triage.claim(case, by=amara)
    triage.log_attempt(case, by=amara, version=2, way="phone", outcome="no_answer", next_action_at=timezone.now() + dt.timedelta(days=7))
    return case


def owner(case):
    return Inquiry.objects.get(pk=case.pk).claimed_by


def test_when_amara_is_switched_off_her_cases_go_back_at_once(client, answered_by_amara, amara, olga):
    client.force_login(olga)
    sent = {"username": "amara", "display_name": "Amara Diallo", "time_zone": "UTC", "is_staff": "on"}
    assert client.post(f"/admin/accounts/user/{amara.pk}/change/", sent).status_code == 302
    assert owner(answered_by_amara) is None
    assert answered_by_amara.events.last().data["why"] == "left"


def test_when_she_no_longer_works_at_the_centre_they_go_back_too(client, answered_by_amara, amara, luisa):
    changes_members(client, luisa, amara, do="remove")
    assert not Membership.objects.filter(user=amara).exists()
    assert owner(answered_by_amara) is None


@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_staff": False}])
def test_housekeeping_gives_them_back_whatever_their_state_and_leaves_others(answered_by_amara, arrives, amara, ben, gone):
    his = arrives()
    triage.claim(his, by=ben)
    User.objects.filter(pk=amara.pk).update(**gone)
    assert housekeeping.run(timezone.now())["cases_of_leavers_given_back"] == 1
    assert owner(answered_by_amara) is None
    assert owner(his) == ben


def test_ben_can_take_the_case_of_somebody_who_left_without_waiting_for_that(client, answered_by_amara, amara, ben):
    User.objects.filter(pk=amara.pk).update(is_active=False)
    client.force_login(ben)
    assert "/claim/" in client.get(f"/admin/intake/inquiry/{answered_by_amara.reference}/").content.decode()
    triage.claim(answered_by_amara, by=ben)
    assert owner(answered_by_amara) == ben


def test_a_danger_case_of_somebody_who_left_rings_again(arrives, amara):
    case = arrives(priority=1, priority_reasons=["danger_now"])
    triage.claim(case, by=amara)
    User.objects.filter(pk=amara.pk).update(is_active=False)
    absences.give_back(timezone.now())
    assert Alarm.objects.get(inquiry=case).acknowledged_at is None
