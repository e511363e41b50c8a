"""SEC-9: the operator makes nobody a reader of cases, not even themself, by no form of the admin. Olga tries each."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from intake.memberships import deciding, first_leads
from intake.models import Centre, Event, Membership, MembershipProposal
from recovery_site.verbs import NotAllowed
from tests.intake.admin.test_centres import form
from tests.people import PASSWORD, member, person

pytestmark = pytest.mark.django_db
State = MembershipProposal.State


@pytest.fixture
def otto(db):
    """A second operator."""
    return member("otto", "Otto Nyberg", is_superuser=True, email="otto@example.org")


@pytest.fixture
def hillside(centre_keys):
    """A new centre without anybody."""
    return Centre.objects.create(name="Hillside", slug="hillside")


def rows():
    return sorted(Membership.objects.values_list("user__username", "centre__slug", "role"))


def test_olga_adds_herself_in_the_rows_of_the_centre_and_nothing_changes(client, olga, luisa, amara, inquiry, riverside):  # noqa: PLR0917
    before = rows()
    client.force_login(olga)
    case, page = f"/admin/intake/inquiry/{inquiry.reference}/", f"/admin/intake/centre/{riverside.pk}/change/"
    own = {"memberships-2-user": olga.pk, "memberships-2-role": "lead", "memberships-2-centre": riverside.pk, "memberships-2-notify": "on"}
    names = {"name": "Riverside", "slug": "riverside", "time_zone": "America/New_York"}
    for counts in ({"TOTAL_FORMS": "3", "INITIAL_FORMS": "2"}, {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0"}):
        sent = {f"memberships-{name}": value for name, value in counts.items()}
        client.post(page, form(**names, **sent, **own))
        client.post(page, form(**names, **sent, **{name.replace("-2-", "-0-"): value for name, value in own.items()}))
    assert rows() == before
    assert client.get(case).status_code == 404


def test_a_lead_raises_nobody_in_those_rows_either(client, luisa, amara, riverside):
    before = rows()
    client.force_login(luisa)
    amaras = Membership.objects.get(user=amara)
    row = {"id": amaras.pk, "centre": riverside.pk, "user": amara.pk, "role": "lead", "notify": "on", "DELETE": "on"}
    sent = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1", **{f"memberships-0-{k}": v for k, v in row.items()}}
    client.post(
        f"/admin/intake/centre/{riverside.pk}/change/", form(name="Riverside", slug="riverside", time_zone="America/New_York", **sent)
    )
    assert rows() == before


@pytest.mark.parametrize("do", ["add", "role", "remove", "first_lead"])
def test_the_page_of_members_refuses_her_in_plain_words(client, olga, luisa, amara, riverside, do):  # noqa: PLR0917
    before = rows()
    client.force_login(olga)
    for target in (olga, amara):
        page = client.post(
            f"/admin/intake/centre/{riverside.pk}/members/", {"do": do, "user": target.pk, "role": "lead"}, follow=True
        ).content.decode()
        assert "eads decide" in page or "lead of this center decides" in page or "is no member of this center" in page
    assert rows() == before
    assert not MembershipProposal.objects.exists()
    assert Event.objects.filter(kind="refused", actor=olga, centre=riverside).exists()


def test_the_form_for_a_new_colleague_refuses_her_at_a_centre_that_has_a_lead(client, olga, luisa, riverside):
    client.force_login(olga)
    for role in ("triage", "lead"):
        sent = {"name": "Vic", "email": "vic@example.org", "role": role, "centre": riverside.pk, "language": "en", "time_zone": ""}
        answer = client.post("/admin/intake/centre/colleagues/", sent)
        assert (answer.status_code, "The operator can’t." in answer.content.decode()) == (422, True)
    assert not User.objects.filter(email="vic@example.org").exists()


def test_she_sets_nobodys_password(client, olga, luisa):
    client.force_login(olga)
    sent = {"password1": "a password of hers", "password2": "a password of hers", "usable_password": "true"}
    answer = client.post(f"/admin/accounts/user/{luisa.pk}/password/", sent, follow=True)
    assert "Nobody sets or reads a password of somebody else" in answer.content.decode()
    client.post(f"/admin/accounts/user/{luisa.pk}/change/", {**about(luisa), "password": "x", "password1": "x"})
    luisa.refresh_from_db()
    assert luisa.check_password(PASSWORD)


def about(user, **more):
    sent = {"username": user.username, "display_name": user.display_name, "email": user.email, "time_zone": "UTC", "is_active": "on"}
    return sent | more


def test_the_columns_of_an_account_that_grant_are_no_part_of_its_form(client, olga, amara):
    client.force_login(olga)
    auditors = Group.objects.get(name="auditor").pk
    sent = about(amara, is_superuser="on", groups=[auditors], user_permissions=[1], is_staff="", memberships="1")
    assert client.post(f"/admin/accounts/user/{amara.pk}/change/", sent).status_code == 302
    amara.refresh_from_db()
    assert (amara.is_superuser, amara.is_staff, list(amara.groups.all()), amara.user_permissions.count()) == (False, True, [], 0)


def test_a_role_on_the_whole_site_is_recorded_when_she_gives_and_takes_it(client, olga, tom):
    client.force_login(olga)
    client.post(f"/admin/accounts/user/{tom.pk}/change/", about(tom, site_roles=["auditor"], operator="on"))
    client.post(f"/admin/accounts/user/{tom.pk}/change/", about(tom, site_roles=["clinical reviewer"]))
    given = [(e.data["role"], e.data["given"]) for e in Event.objects.filter(kind="role_changed", actor=olga).order_by("pk")]
    assert given == [("auditor", True), ("operator", True), ("auditor", False), ("clinical_reviewer", True), ("operator", False)]
    tom.refresh_from_db()
    assert (tom.is_superuser, [group.name for group in tom.groups.all()]) == (False, ["clinical reviewer"])


def test_the_last_operator_stays_one(client, olga):
    client.force_login(olga)
    page = client.post(f"/admin/accounts/user/{olga.pk}/change/", about(olga), follow=True).content.decode()
    assert "is the only operator" in page
    assert User.objects.get(pk=olga.pk).is_superuser


def test_changing_an_address_and_switching_off_and_on_are_recorded(client, olga, tom):
    client.force_login(olga)
    client.post(f"/admin/accounts/user/{tom.pk}/change/", about(tom, email="new@example.org"))
    off = about(tom, email="new@example.org")
    del off["is_active"]
    client.post(f"/admin/accounts/user/{tom.pk}/change/", off)
    assert not User.objects.get(pk=tom.pk).is_active
    client.post(f"/admin/accounts/user/{tom.pk}/change/", about(tom, email="new@example.org"))
    assert User.objects.get(pk=tom.pk).is_active
    kinds = Event.objects.filter(actor=olga, kind__startswith="account_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["account_changed", "account_switched_off", "account_changed"]


# --- The lead of a centre that has none ---


def test_the_first_lead_of_a_new_centre_accepts_by_herself(client, olga, tom, hillside):
    client.force_login(olga)
    page = client.post(f"/admin/intake/centre/{hillside.pk}/members/", {"do": "first_lead", "user": tom.pk}, follow=True).content.decode()
    assert "once they accept it" in page
    assert rows() == []
    client.force_login(tom)
    assert "waits for your word" in client.get("/admin/").content.decode()
    client.post("/admin/intake/centre/proposals/", {"proposal": MembershipProposal.objects.get().pk, "answer": "confirm"})
    assert rows() == [("tom", "hillside", "lead")]


def test_olga_proposes_herself_and_needs_otto(olga, otto, hillside):
    proposal = first_leads.propose(hillside, by=olga, user=olga)
    with pytest.raises(NotAllowed):
        deciding.confirm(proposal, by=olga)
    deciding.end_due(timezone.now() + dt.timedelta(days=3))
    assert rows() == []
    deciding.confirm(proposal, by=otto)
    assert rows() == [("olga", "hillside", "lead")]


def test_a_centre_in_use_whose_lead_is_gone_gets_another_after_a_day(olga, luisa, amara, tom, riverside):
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    first_leads.propose(riverside, by=olga, user=tom)
    now = timezone.now()
    deciding.end_due(now + dt.timedelta(hours=23))
    assert ("tom", "riverside", "lead") not in rows()
    deciding.end_due(now + dt.timedelta(hours=25))
    assert ("tom", "riverside", "lead") in rows()
    assert Event.objects.filter(kind="member_added").last().data["why"] == "nobody_objected"


@pytest.mark.parametrize("who", ["amara", "ada", "otto"])
def test_any_member_auditor_or_other_operator_objects(olga, otto, luisa, amara, ada, tom, riverside, who):  # noqa: PLR0917
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    proposal = first_leads.propose(riverside, by=olga, user=tom)
    deciding.refuse(proposal, by=User.objects.get(username=who), why="unknown")
    deciding.end_due(timezone.now() + dt.timedelta(hours=25))
    assert ("tom", "riverside", "lead") not in rows()


def test_a_member_confirms_it_at_once_but_not_for_herself(olga, luisa, amara, ben, riverside):
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    proposal = first_leads.propose(riverside, by=olga, user=amara)
    with pytest.raises(NotAllowed):
        deciding.confirm(proposal, by=amara)
    deciding.confirm(proposal, by=ben)
    assert ("amara", "riverside", "lead") in rows()


def test_olga_herself_gets_into_no_centre_in_use_by_waiting(olga, luisa, amara, riverside):
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    first_leads.propose(riverside, by=olga, user=olga)
    deciding.end_due(timezone.now() + dt.timedelta(days=30))
    assert ("olga", "riverside", "lead") not in rows()


def test_when_luisa_is_back_in_time_the_recovery_ends(olga, luisa, amara, tom, riverside):
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    first_leads.propose(riverside, by=olga, user=tom)
    User.objects.filter(pk=luisa.pk).update(is_active=True)
    assert deciding.end_due(timezone.now() + dt.timedelta(hours=25)) == {"proposed_memberships_ended": 1, "proposed_memberships_begun": 0}
    assert ("tom", "riverside", "lead") not in rows()


def test_at_the_shell_a_new_centre_gets_its_lead_at_once_and_it_is_recorded(tom, hillside, capsys):
    call_command("first_lead", "hillside", "tom")
    assert "leads Hillside" in capsys.readouterr().out
    assert rows() == [("tom", "hillside", "lead")]
    assert Event.objects.get(kind="member_added").data == {"by": "command", "user": tom.pk, "role": "lead", "why": "first_lead"}


def test_and_one_in_use_after_a_day(luisa, amara, tom, riverside, capsys):
    with pytest.raises(CommandError, match="has a lead"):
        call_command("first_lead", "riverside", "tom")
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    call_command("first_lead", "riverside", "tom")
    assert "unless somebody objects" in capsys.readouterr().out
    assert ("tom", "riverside", "lead") not in rows()


@pytest.mark.parametrize(("centre", "name"), [("nowhere", "tom"), ("riverside", "nobody")])
def test_the_command_says_what_it_does_not_know(tom, riverside, centre, name):
    with pytest.raises(CommandError, match="There is no"):
        call_command("first_lead", centre, name)


def test_an_editor_is_no_operator(riverside):
    with pytest.raises(NotAllowed):
        first_leads.propose(riverside, by=person("eve", "Eve Lund", "editor"), user=person("vic", "Vic Lund"))
