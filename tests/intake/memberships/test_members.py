"""A lead says who works at her centre, and a second person has a say in it."""

import datetime as dt

import pytest
from django.utils import timezone

from intake.memberships import deciding, members
from intake.models import Event, Membership, MembershipProposal
from recovery_site.verbs import NotAllowed, Refused
from tests.people import member

pytestmark = pytest.mark.django_db
State = MembershipProposal.State


@pytest.fixture
def lena(riverside):
    """A second lead of Riverside."""
    return member("lena", "Lena Vogel", riverside, "lead", email="lena@example.org")


def role(person, centre):
    return Membership.objects.filter(user=person, centre=centre).values_list("role", flat=True).first()


def last_event():
    return Event.objects.order_by("-pk").first()


def test_another_lead_confirms_whom_luisa_adds(client, luisa, lena, tom, riverside):
    proposal = members.add(riverside, by=luisa, user=tom, role="triage")
    assert role(tom, riverside) is None
    client.force_login(lena)
    front = client.get("/admin/").content.decode()
    assert "1 change of who works at a center waits for your word" in front
    assert "Tom Tran" in client.get("/admin/intake/centre/proposals/").content.decode()
    client.post("/admin/intake/centre/proposals/", {"proposal": proposal.pk, "answer": "confirm"})
    assert role(tom, riverside) == "triage"
    event = last_event()
    assert (event.kind, event.actor, event.data["user"], event.centre) == ("member_added", lena, tom.pk, riverside)


def test_luisa_can_not_confirm_it_herself_nor_can_tom_amara_or_the_operator(client, luisa, lena, tom, amara, olga, riverside):  # noqa: PLR0917
    proposal = members.add(riverside, by=luisa, user=tom, role="triage")
    for person in (luisa, tom, amara, olga):
        with pytest.raises(NotAllowed):
            deciding.confirm(proposal, by=person)
        client.force_login(person)
        client.post("/admin/intake/centre/proposals/", {"proposal": proposal.pk, "answer": "confirm"})
    assert role(tom, riverside) is None


def test_lena_refuses_with_a_reason_and_nothing_changes(luisa, lena, tom, riverside):
    proposal = members.add(riverside, by=luisa, user=tom, role="lead")
    with pytest.raises(Refused):
        deciding.refuse(proposal, by=lena, why="because")
    proposal = deciding.refuse(proposal, by=lena, why="unknown")
    assert (proposal.state, proposal.why, role(tom, riverside)) == (State.REFUSED, "unknown", None)
    assert last_event().data["why"] == "unknown"
    with pytest.raises(Refused, match="decided meanwhile"):
        deciding.confirm(proposal, by=lena)


def test_luisa_takes_back_what_she_proposed(luisa, lena, tom, riverside):
    proposal = deciding.refuse(members.add(riverside, by=luisa, user=tom, role="triage"), by=luisa, why="")
    assert proposal.state == State.TAKEN_BACK
    assert members.add(riverside, by=luisa, user=tom, role="triage").state == State.OPEN


def test_where_luisa_is_the_only_lead_it_takes_effect_at_once_and_says_so(luisa, amara, tom, riverside):
    proposal = members.add(riverside, by=luisa, user=tom, role="triage")
    assert (proposal.state, role(tom, riverside)) == (State.CONFIRMED, "triage")
    assert last_event().data["why"] == "alone"


def test_nobody_is_proposed_twice_and_nobody_who_is_switched_off(luisa, lena, tom, riverside):
    members.add(riverside, by=luisa, user=tom, role="triage")
    with pytest.raises(Refused, match="waits to be confirmed already"):
        members.add(riverside, by=luisa, user=tom, role="lead")
    lena.is_active = False
    lena.save()
    with pytest.raises(Refused, match="switched off"):
        members.add(riverside, by=luisa, user=lena, role="triage") if role(lena, riverside) is None else members.change_role(
            riverside, by=luisa, user=member("lost", "Lost Lea", riverside, "triage", is_active=False), role="lead"
        )


def test_to_become_lead_amara_needs_a_second_lead_too(luisa, lena, amara, riverside):
    proposal = members.change_role(riverside, by=luisa, user=amara, role="lead")
    assert role(amara, riverside) == "triage"
    deciding.confirm(proposal, by=lena)
    assert role(amara, riverside) == "lead"
    assert (last_event().kind, last_event().data["was"]) == ("role_changed", "triage")


def test_a_triage_member_goes_at_once_and_a_lead_after_a_day_without_objection(luisa, lena, amara, riverside):
    assert members.remove(riverside, by=luisa, user=amara) is None
    assert role(amara, riverside) is None
    proposal = members.remove(riverside, by=luisa, user=lena)
    assert role(lena, riverside) == "lead"
    now = timezone.now()
    assert deciding.end_due(now + dt.timedelta(hours=23))["proposed_memberships_begun"] == 0
    assert deciding.end_due(now + dt.timedelta(hours=25))["proposed_memberships_begun"] == 1
    assert role(lena, riverside) is None
    proposal.refresh_from_db()
    assert proposal.state == State.CONFIRMED


def test_lena_objects_to_being_removed(luisa, lena, riverside):
    proposal = members.change_role(riverside, by=luisa, user=lena, role="triage")
    deciding.refuse(proposal, by=lena, why="stays")
    deciding.end_due(timezone.now() + dt.timedelta(days=2))
    assert role(lena, riverside) == "lead"


def test_amara_may_leave_and_the_only_lead_may_not(luisa, amara, riverside):
    with pytest.raises(Refused, match="only lead"):
        members.remove(riverside, by=luisa, user=luisa)
    with pytest.raises(Refused, match="only lead"):
        members.change_role(riverside, by=luisa, user=luisa, role="triage")
    with pytest.raises(NotAllowed):
        members.remove(riverside, by=amara, user=luisa)
    members.remove(riverside, by=amara, user=amara)
    assert role(amara, riverside) is None


def test_what_nobody_confirms_ends_after_two_weeks(luisa, lena, tom, riverside):
    proposal = members.add(riverside, by=luisa, user=tom, role="triage")
    assert deciding.end_due(timezone.now() + dt.timedelta(days=13)) == {"proposed_memberships_ended": 0, "proposed_memberships_begun": 0}
    assert deciding.end_due(timezone.now() + dt.timedelta(days=15))["proposed_memberships_ended"] == 1
    proposal.refresh_from_db()
    assert (proposal.state, role(tom, riverside), last_event().data["why"]) == (State.EXPIRED, None, "expired")


def test_a_lead_of_harbor_has_no_say_at_riverside(client, open_harbor, luisa, tom, riverside):
    from accounts.models import User

    hana = User.objects.get(username="hana")
    with pytest.raises(NotAllowed):
        members.add(riverside, by=hana, user=hana, role="lead")
    client.force_login(hana)
    assert client.post(f"/admin/intake/centre/{riverside.pk}/members/", {"do": "add", "user": hana.pk, "role": "lead"}).status_code == 403
    assert role(hana, riverside) is None


def test_the_page_of_luisas_centre_shows_its_members_and_adds_one(client, luisa, amara, tom, riverside):
    client.force_login(luisa)
    address = f"/admin/intake/centre/{riverside.pk}/members/"
    assert "Amara Diallo" in client.get(address).content.decode()
    page = client.post(address, {"do": "add", "user": tom.pk, "role": "triage"}, follow=True).content.decode()
    assert "no other lead could confirm it" in page
    assert role(tom, riverside) == "triage"


def test_her_colleague_added_on_one_page_waits_for_lena(client, luisa, lena, riverside):
    from accounts.models import User

    client.force_login(luisa)
    sent = {"name": "Cleo Park", "email": "cleo@example.org", "role": "triage", "centre": riverside.pk, "language": "en", "time_zone": ""}
    page = client.post("/admin/intake/centre/colleagues/", sent, follow=True).content.decode()
    assert "Another lead of Riverside confirms it." in page
    cleo = User.objects.get(username="cleo@example.org")
    assert role(cleo, riverside) is None
    client.force_login(lena)
    client.post("/admin/intake/centre/proposals/", {"proposal": MembershipProposal.objects.get().pk, "answer": "confirm"})
    assert role(cleo, riverside) == "triage"
