"""Who is told of changes of people and keys: the other leads, by mail and on a page, with no word about a visitor."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts import changes
from accounts.models import User
from intake.cases import events
from intake.memberships import announcements, deciding, first_leads, members
from intake.models import Announcement
from tests.people import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(riverside):
    """A second lead of Riverside."""
    return member("lena", "Lena Vogel", riverside, "lead", email="lena@example.org")


@pytest.fixture
def with_addresses(luisa, amara, riverside):
    """Luisa and Amara have an address, and what was recorded while the center was set up was told before."""
    for someone in (luisa, amara):
        someone.email = f"{someone.username}@example.org"
        someone.save()
    announcements.tell(timezone.now())


def told():
    """Tell, and return who got a mail, with its text."""
    mail.outbox.clear()
    announcements.tell(timezone.now())
    return {message.to[0].partition("@")[0]: message.body for message in mail.outbox}


def test_lena_and_tom_are_told_of_what_luisa_proposed_and_luisa_is_not(with_addresses, luisa, lena, tom, riverside):
    members.add(riverside, by=luisa, user=tom, role="triage")
    letters = told()
    assert set(letters) == {"lena", "tom"}
    for part in ("Riverside", "Membership proposed", "Tom Tran", "triage", "by Luisa Ferreira", "/admin/intake/centre/proposals/"):
        assert part in letters["lena"]
    assert "@" not in letters["lena"].replace("@example", "")
    assert told() == {}


def test_all_members_are_told_where_nobody_could_confirm_it_and_the_operators_too(with_addresses, luisa, amara, tom, ada, olga, riverside):  # noqa: PLR0917
    User.objects.filter(pk=olga.pk).update(email="olga@example.org")
    members.add(riverside, by=luisa, user=tom, role="triage")
    letters = told()
    assert set(letters) == {"amara", "tom", "ada", "olga"}
    assert "nobody else could confirm it" in letters["amara"]


def test_a_recovery_is_told_to_all_members_auditors_and_operators(with_addresses, luisa, amara, ben, tom, ada, olga, riverside):  # noqa: PLR0917
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    User.objects.filter(pk=ben.pk).update(email="ben@example.org")
    proposal = first_leads.propose(riverside, by=olga, user=tom)
    assert set(told()) == {"amara", "ben", "ada", "tom"}
    deciding.refuse(proposal, by=amara, why="unknown")
    assert {"ben", "tom"} <= set(told())


def test_leads_hear_that_amara_was_switched_off_and_auditors_of_roles_on_the_whole_site(with_addresses, luisa, amara, ada, olga, edith):  # noqa: PLR0917
    changes.switch_off(amara, by=olga)
    letters = told()
    assert "Account switched off: Amara Diallo" in letters["luisa"]
    assert "edith" not in letters
    changes.set_site_roles(edith, by=olga, roles={"editor", "clinical reviewer"}, operator=False)
    letters = told()
    assert "clinical reviewer given" in letters["ada"]
    assert "luisa" not in letters


@pytest.mark.parametrize("kind", ["key_rotated", "key_retired", "export_made"])
def test_keys_and_exports_are_told_to_the_leads_of_the_centre(with_addresses, luisa, lena, olga, riverside, kind):  # noqa: PLR0917
    events.record_beside_cases(kind, by=olga, centre_id=riverside.pk, names=True, rows=3)
    assert set(told()) == {"luisa", "lena"}
    events.record_beside_cases("export_made", by=olga, centre_id=riverside.pk, names=False, rows=3)
    assert told() == {}


def test_a_factor_or_link_of_ones_own_is_not_told_and_that_of_another_is(with_addresses, luisa, lena, amara, olga, riverside):  # noqa: PLR0917
    for kind in ("factor_removed", "password_link_sent"):
        events.record_beside_cases(kind, by=amara, user=amara.pk)
    assert told() == {}
    events.record_beside_cases("factor_removed", by=olga, user=amara.pk)
    assert set(told()) >= {"luisa", "lena", "amara"}


def test_a_mail_that_is_not_taken_is_tried_again(with_addresses, luisa, lena, tom, riverside, settings):  # noqa: PLR0917
    members.add(riverside, by=luisa, user=tom, role="triage")
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    assert announcements.tell(timezone.now()) == {"changes_told": 0}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert set(told()) == {"lena", "tom"}


def test_the_page_shows_luisa_her_centre_for_thirty_days_and_nobody_elses(client, luisa, lena, amara, noor, ada, olga, riverside, harbor):  # noqa: PLR0917
    members.remove(riverside, by=luisa, user=amara)
    events.record_beside_cases("key_rotated", by=olga, centre_id=harbor.pk)
    address = "/admin/intake/centre/changes/"

    def page(someone):
        client.force_login(someone)
        return client.get(address).content.decode()

    assert "Amara Diallo" in page(luisa)
    assert "Harbor" not in page(luisa)
    assert "Harbor" in page(ada)
    announcements.tell(timezone.now())
    assert page(luisa).count("Amara Diallo") == 1
    Announcement.objects.update(made_at=timezone.now() - dt.timedelta(days=40))
    assert announcements.shown_to(luisa, [riverside.pk], timezone.now() + dt.timedelta(days=31)) == []
    client.force_login(noor)
    assert client.get(address).status_code == 403


def test_what_was_told_long_ago_is_forgotten_but_not_how_far_the_record_was_read(with_addresses, luisa, lena, amara, riverside):
    members.remove(riverside, by=luisa, user=amara)
    told()
    later = timezone.now() + dt.timedelta(days=90)
    announcements.forget_old(later)
    assert Announcement.objects.exists()
    mail.outbox.clear()
    announcements.tell(later)
    assert mail.outbox == []


def test_amara_who_leads_nothing_is_led_to_no_page_that_refuses_her(with_addresses, luisa, amara, tom, ada, riverside):  # noqa: PLR0917
    members.add(riverside, by=luisa, user=tom, role="triage")
    letters = told()
    assert "/centre/changes/" in letters["ada"]
    assert "/centre/changes/" not in letters["amara"]
    assert "Call your lead or another colleague" in letters["amara"]
    assert "Times are in UTC." in letters["amara"]


def test_the_page_says_that_a_key_was_rotated_at_the_shell(client, luisa, riverside):
    call_command("keys", "rotate", riverside.slug, jobs=1)
    client.force_login(luisa)
    assert "Key rotated (at the server’s shell)" in client.get("/admin/intake/centre/changes/").content.decode()
