"""What each half of the site may do in the database: every table is placed, and both halves give a visitor the same answers."""

import datetime as dt
import re
import secrets

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from intake.assessment import readiness, routing
from intake.cases.inquiry_data import InquiryData
from intake.mailbox import accounting, sessions
from intake.models import Centre, Event, Inquiry, Membership, OnCallShift, RoutingRule, WebhookEndpoint
from intake.notifications import recipients
from intake.submission import receive
from recovery_site.database import checks, roles, tokens
from tests.people import member
from tests.support.halves import visitors_half

User = get_user_model()
ON_POSTGRES = connection.vendor == "postgresql"
NOON = dt.datetime(2026, 11, 30, 17, tzinfo=dt.UTC)  # a Monday; 12 o'clock in New York


@pytest.mark.once
def test_every_table_is_placed_in_the_file_of_rights():
    """A model that is added must be named there: open to visitors in some way, or under "Nothing for visitors"."""
    placed = set(re.findall(r"\w+", roles.SQL.read_text()))
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - {"modelsearch_indexentry_fts"}  # SQLite's
    assert sorted(tables - placed) == []


@pytest.mark.once
def test_on_sqlite_there_are_no_accounts_to_give_rights_to(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    with pytest.raises(CommandError, match="one half"):
        call_command("database_roles")


@pytest.mark.once
@pytest.mark.parametrize("role", ["public", "staff"])
def test_two_halves_on_sqlite_are_an_error(settings, monkeypatch, role):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    settings.SITE_ROLE = role
    assert [message.id for message in checks.each_half_has_an_account(None)] == ["recovery_site.E001"]
    settings.SITE_ROLE = "all"
    assert checks.each_half_has_an_account(None) == []
    assert [message.id for message in checks.one_half_is_a_choice(None)] == ["recovery_site.W002"]


@pytest.mark.django_db
def test_the_rights_can_be_given_again(capsys):
    if ON_POSTGRES:
        call_command("database_roles")
        assert "have the rights" in capsys.readouterr().out
        with visitors_half(), pytest.raises(CommandError, match="account that owns the tables"):
            call_command("database_roles")


@pytest.mark.django_db
def test_a_public_server_with_the_account_of_the_owner_is_an_error(settings):
    expected = {"public": ["recovery_site.E002"], "staff": ["recovery_site.W003"], "all": []} if ON_POSTGRES else {}
    for role in ("public", "staff", "all"):
        settings.SITE_ROLE = role
        found = checks.the_account_has_the_rights_of_its_half(None, databases=["default"])
        assert [message.id for message in found] == expected.get(role, [])
    with visitors_half():
        assert checks.the_account_has_the_rights_of_its_half(None, databases=["default"]) == []


@pytest.mark.django_db
def test_a_public_server_before_the_rights_were_given_is_told_so(settings):
    if ON_POSTGRES:
        with connection.cursor() as cursor:
            cursor.execute("ALTER SCHEMA visitors RENAME TO not_yet")
        with visitors_half():
            assert [one.id for one in checks.the_account_has_the_rights_of_its_half(None, databases=["default"])] == ["recovery_site.E003"]


# --- Both halves give the same answers (on SQLite there is one way only, and these compare it with itself) ---


def from_both(ask):
    """Return the answer that both halves give."""
    staffs = ask()
    with visitors_half():
        assert ask() == staffs
    return staffs


def nobody(lead, centre):
    Membership.objects.all().delete()


def no_address(lead, centre):
    User.objects.update(email="", phone="")


def left(lead, centre):
    User.objects.update(is_active=False)


def no_staff(lead, centre):
    User.objects.update(is_staff=False)


def quiet_now(lead, centre):
    User.objects.filter(time_zone=lead.time_zone).update(time_zone="")  # the centre's
    Membership.objects.update(role="triage", quiet_from=dt.time(11), quiet_until=dt.time(13))


def quiet_over_midnight(lead, centre):
    User.objects.update(time_zone="")
    Membership.objects.update(role="triage", quiet_from=dt.time(20), quiet_until=dt.time(13))


def quiet_elsewhere(lead, centre):
    User.objects.update(time_zone="Asia/Tokyo")
    quiet_now(lead, centre)


def quiet_in_no_zone(lead, centre):
    User.objects.update(time_zone="Nowhere/At all")
    quiet_now(lead, centre)


def quiet_always_is_never(lead, centre):
    Membership.objects.update(role="triage", quiet_from=dt.time(11), quiet_until=dt.time(11))


def wants_nothing(lead, centre):
    Membership.objects.update(role="triage", notify=False)


def lead_wants_nothing(lead, centre):
    Membership.objects.update(notify=False)


def phone_only(lead, centre):
    User.objects.update(email="", phone="+12125550143")


def on_call_elsewhere(lead, centre):
    Membership.objects.all().delete()
    OnCallShift.objects.create(user=lead, centre=None, starts_at=NOON - dt.timedelta(hours=1), ends_at=NOON + dt.timedelta(hours=1))


def on_call_later(lead, centre):
    Membership.objects.all().delete()
    OnCallShift.objects.create(user=lead, centre=centre, starts_at=NOON + dt.timedelta(hours=1), ends_at=NOON + dt.timedelta(hours=2))


def operator(lead, centre):
    Membership.objects.all().delete()
    User.objects.update(is_superuser=True)


def shared_address(lead, centre):
    Membership.objects.all().delete()
    Centre.objects.update(notify_address="desk@example.org")


def shared_address_and_nobody_who_opens(lead, centre):
    left(lead, centre)
    Centre.objects.update(notify_address="desk@example.org")


def webhook(lead, centre):
    Membership.objects.all().delete()
    WebhookEndpoint.objects.create(name="pager", url="https://pager.example.org", sealed_secret=b"sealed")


def webhook_without_a_secret(lead, centre):
    Membership.objects.all().delete()
    WebhookEndpoint.objects.create(name="pager", url="https://pager.example.org")


@pytest.fixture(params=[False, True])
def texts(request, settings):
    """Whether text messages can be sent."""
    if request.param:
        settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = "https://texts.example.org/", "+12125550100"
        settings.TEXT_GATEWAY_USER = settings.TEXT_GATEWAY_PASSWORD = "known"
    return request.param


@pytest.mark.parametrize(
    ("change", "reached", "staffed"),
    [
        (nobody, False, False),
        (no_address, False, False),
        (left, False, False),
        (no_staff, False, False),
        (quiet_now, False, True),
        (quiet_over_midnight, False, True),
        (quiet_elsewhere, True, True),
        (quiet_in_no_zone, False, True),
        (quiet_always_is_never, True, True),
        (wants_nothing, False, False),
        (lead_wants_nothing, True, True),
        (phone_only, None, None),  # as texts can be sent or not
        (on_call_elsewhere, True, False),
        (on_call_later, False, False),
        (operator, True, False),
        (shared_address, True, False),
        (shared_address_and_nobody_who_opens, True, False),
        (webhook, True, False),
        (webhook_without_a_secret, False, False),
    ],
)
def test_both_halves_agree_whether_danger_reaches_somebody(riverside, texts, change, reached, staffed):
    lead = member("luisa", "Luisa Ferreira", riverside, "lead", email="luisa@example.org")
    change(lead, riverside)
    riverside.refresh_from_db()
    assert from_both(lambda: recipients.reaches_somebody(riverside, NOON)) is (texts if reached is None else reached)
    assert from_both(lambda: bool(recipients.staffed_centres([riverside.pk]))) is (texts if staffed is None else staffed)
    assert from_both(lambda: recipients.staffed_centres([0])) == set()
    from_both(lambda: readiness.missing(riverside))


def test_both_halves_choose_the_same_centre_and_person(open_harbor, riverside):
    harald = member("harald", "Harald Hansen", open_harbor, "triage")
    rule = RoutingRule.objects.create(position=1, name="to Harald", centre=open_harbor, person=harald, max_open_cases=1)

    def chosen():
        route = routing.choose(InquiryData(), Inquiry.Priority.NORMAL, NOON)
        return route.centre.slug, route.person and route.person.pk, route.rule and route.rule.pk

    assert from_both(chosen) == ("harbor", harald.pk, rule.pk)
    Membership.objects.filter(user=harald).delete()
    assert from_both(chosen) == ("harbor", None, rule.pk)
    receive.receive(InquiryData(), form_token=secrets.token_bytes(16))
    assert from_both(chosen) == ("harbor", None, None)  # full: no rule decides, and at Riverside nobody can be told


def test_both_halves_name_who_read_it(inquiry, amara):
    Event.objects.create(inquiry=inquiry, kind="opened", actor=amara, at=timezone.now())
    Event.objects.create(inquiry=inquiry, kind="opened", actor=None, at=timezone.now())
    box = sessions.Mailbox(inquiry, b"", "", b"", must_renew=False, seconds_left=0)

    def names():
        with tokens.brought(bytes(inquiry.receipt.lookup)):
            return [step.who for step in accounting.steps(box)]

    assert from_both(names) == ["A member of staff", "Amara Diallo"]
