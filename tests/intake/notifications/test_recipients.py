"""Who is told, and when: quiet hours, the person on call, what nobody took."""

import datetime as dt
import json
import secrets

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from intake.cases.inquiry_data import InquiryData
from intake.models import Centre, Event, Inquiry, Membership, Notification, OnCallShift, Recusal, RoutingRule, Team, WebhookEndpoint
from intake.notifications import escalation, outbox, recipients
from intake.notifications.channels import webhook
from intake.notifications.kinds import Kind
from intake.submission import receive

pytestmark = pytest.mark.django_db
NEW_YORK = dt.timezone(-dt.timedelta(hours=5))
MONDAY_NOON = dt.datetime(2026, 1, 5, 12, tzinfo=NEW_YORK)
MONDAY_NIGHT = dt.datetime(2026, 1, 5, 23, tzinfo=NEW_YORK)


def works(name, centre, **membership):
    person = User.objects.create_user(name, f"{name}@example.org", is_staff=True, time_zone="America/New_York")
    Membership.objects.create(user=person, centre=centre, **membership)
    return person


@pytest.fixture
def bea(riverside):
    return works("bea", riverside)


@pytest.fixture
def night_owl(riverside):
    """Has quiet hours from nine to seven."""
    return works("owl", riverside, quiet_from=dt.time(21), quiet_until=dt.time(7))


@pytest.fixture
def case(riverside):
    return receive.receive(InquiryData(), form_token=secrets.token_bytes(16)).inquiry


def on_call(name, centre=None, start=MONDAY_NOON, hours=24):
    person = User.objects.create_user(name, f"{name}@example.org", is_staff=True)
    OnCallShift.objects.create(centre=centre, user=person, starts_at=start, ends_at=start + dt.timedelta(hours=hours))
    return person


@pytest.mark.parametrize("gone", [{"is_active": False}, {"email": ""}, {"is_staff": False}])
def test_when_whoever_had_the_case_has_left_the_others_hear_of_it(case, bea, night_owl, gone):
    case.claimed_by = bea
    assert dict(recipients.recipients_for(case, Kind.VISITOR_WROTE, MONDAY_NOON)) == {bea: MONDAY_NOON}
    User.objects.filter(pk=bea.pk).update(**gone)
    assert dict(recipients.recipients_for(case, Kind.VISITOR_WROTE, MONDAY_NOON)) == {night_owl: MONDAY_NOON}


def test_a_time_zone_that_does_not_exist_silences_nobody(case, night_owl):
    User.objects.filter(pk=night_owl.pk).update(time_zone="Eastern")
    assert dict(recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NOON)) == {night_owl: MONDAY_NOON}


def test_a_time_zone_is_chosen_and_not_typed(admin_client):
    for address in ("intake/centre/colleagues/", f"accounts/user/{User.objects.get().pk}/change/"):
        page = admin_client.get(f"/admin/{address}").content.decode()
        assert '<option value="America/New_York"' in page


def test_in_quiet_hours_the_mail_waits_for_the_morning(case, night_owl):
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NOON) == [(night_owl, MONDAY_NOON)]
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NIGHT) == [(night_owl, dt.datetime(2026, 1, 6, 7, tzinfo=NEW_YORK))]
    early = dt.datetime(2026, 1, 6, 6, tzinfo=NEW_YORK)
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, early) == [(night_owl, dt.datetime(2026, 1, 6, 7, tzinfo=NEW_YORK))]


def test_at_night_an_urgent_case_rings_the_person_on_call_and_an_ordinary_one_does_not(case, night_owl):
    caller = on_call("caller")
    assert caller not in dict(recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NIGHT))
    case.priority = 1
    assert dict(recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NIGHT))[caller] == MONDAY_NIGHT


def test_whoever_is_on_call_has_no_quiet_hours(case, night_owl):
    OnCallShift.objects.create(user=night_owl, starts_at=MONDAY_NOON, ends_at=MONDAY_NOON + dt.timedelta(days=1))
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NIGHT) == [(night_owl, MONDAY_NIGHT)]


def test_a_case_that_somebody_has_is_theirs(case, bea, night_owl):
    case.claimed_by = bea
    assert [person for person, _when in recipients.recipients_for(case, Kind.VISITOR_WROTE, MONDAY_NOON)] == [bea]


def test_who_stepped_back_is_told_nothing(case, bea):
    Recusal.objects.create(inquiry=case, user=bea, made_at=MONDAY_NOON)
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NOON) == []


def received_at(case, moment, **columns):
    Inquiry.objects.filter(pk=case.pk).update(received_at=moment, **columns)


def test_what_nobody_takes_goes_to_the_person_on_call_once(case, bea):
    caller = on_call("caller")
    received_at(case, MONDAY_NOON)
    assert escalation.escalate(MONDAY_NOON + dt.timedelta(minutes=29))["cases_escalated"] == 0
    late = MONDAY_NOON + dt.timedelta(minutes=31)
    assert told_of_unclaimed(late) == [caller]
    assert escalation.escalate(late)["cases_escalated"] == 0
    assert Event.objects.get(kind=Event.Kind.ESCALATED).data["to"] == [caller.pk]


def told_of_unclaimed(moment):
    """Escalate one case at this moment, and return whom the worker has mailed until then."""
    with time_machine.travel(moment, tick=False):
        assert escalation.escalate(timezone.now())["cases_escalated"] == 1
        outbox.send_all_due()
    rows = Notification.objects.filter(kind="unclaimed", channel="staff_email").order_by("recipient")
    return [row.recipient for row in rows]


def test_a_webhook_and_the_shared_address_hear_that_nobody_took_it(case, receiver):
    webhook.new_secret(WebhookEndpoint.objects.create(name="board", url=receiver.url))
    Centre.objects.update(notify_address="desk@example.org")
    Notification.objects.all().delete()
    received_at(case, MONDAY_NOON)
    assert told_of_unclaimed(MONDAY_NOON + dt.timedelta(minutes=31)) == []
    assert [json.loads(body)["type"] for _headers, body in receiver.seen] == ["inquiry.unclaimed"]
    assert [message.to for message in mail.outbox if "Nobody has taken" in message.subject] == [["desk@example.org"]]
    event = Event.objects.get(kind=Event.Kind.ESCALATED)
    assert (event.data["to"], event.data["shared"]) == ([], True)


def test_a_taken_case_is_not_escalated(case, bea):
    received_at(case, MONDAY_NOON, claimed_by=bea)
    assert escalation.escalate(MONDAY_NOON + dt.timedelta(days=2))["cases_escalated"] == 0


def test_at_night_only_urgent_cases_are_escalated(case, bea):
    received_at(case, MONDAY_NIGHT)
    assert escalation.escalate(MONDAY_NIGHT + dt.timedelta(hours=2))["cases_escalated"] == 0
    received_at(case, MONDAY_NIGHT, priority=1)
    assert escalation.escalate(MONDAY_NIGHT + dt.timedelta(hours=2))["cases_escalated"] == 1


def test_with_nobody_on_call_the_leads_are_told_and_else_everybody(case, bea):
    received_at(case, MONDAY_NOON)
    assert told_of_unclaimed(MONDAY_NOON + dt.timedelta(hours=1)) == [bea]
    Inquiry.objects.update(escalated_at=None)
    lead = works("lead", case.centre, role="lead")
    assert told_of_unclaimed(MONDAY_NOON + dt.timedelta(hours=1)) == [bea, lead]


def test_a_rota_is_for_its_centre(case, riverside):
    other = Centre.objects.create(name="Hill", slug="hill")
    here = on_call("here", riverside)
    on_call("there", other)
    assert list(recipients.on_call(riverside, MONDAY_NOON)) == [here]
    assert list(recipients.on_call(riverside, MONDAY_NOON + dt.timedelta(days=1))) == []


def test_a_centre_where_nobody_is_told_rings_the_person_on_call_for_every_case(case):
    caller = on_call("caller")
    assert recipients.recipients_for(case, Kind.NEW_INQUIRY, MONDAY_NOON) == [(caller, MONDAY_NOON)]


# --- A rule may name a team ---------------------------------------------------------------------------------------


@pytest.fixture
def youth(riverside, bea):
    team = Team.objects.create(centre=riverside, name="Young people")
    team.members.add(bea)
    RoutingRule.objects.create(position=1, name="young", centre=riverside, age_bands=["under_18"], team=team)
    return team


def young(**said):
    return receive.receive(InquiryData(age_band="under_18", **said), form_token=secrets.token_bytes(16)).inquiry


def test_only_the_team_is_told_of_what_its_rule_sends(riverside, youth, bea):
    amy = works("amy", riverside)
    assert list(dict(recipients.recipients_for(young(), Kind.NEW_INQUIRY, MONDAY_NOON))) == [bea]
    other = receive.receive(InquiryData(), form_token=secrets.token_bytes(16)).inquiry
    assert set(dict(recipients.recipients_for(other, Kind.NEW_INQUIRY, MONDAY_NOON))) == {bea, amy}
    assert set(dict(recipients.recipients_for(young(), Kind.VISITOR_WROTE, MONDAY_NOON))) == {bea, amy}


def test_a_team_of_people_who_left_hides_nothing(riverside, youth, bea):
    amy = works("amy", riverside)
    bea.memberships.all().delete()
    assert list(dict(recipients.recipients_for(young(), Kind.NEW_INQUIRY, MONDAY_NOON))) == [amy]


def test_a_case_handed_to_another_centre_leaves_the_team_behind(riverside, youth, bea):
    inquiry = young()
    hill = Centre.objects.create(name="Hill", slug="hill")
    carl = works("carl", hill)
    inquiry.centre = hill
    assert list(dict(recipients.recipients_for(inquiry, Kind.NEW_INQUIRY, MONDAY_NOON))) == [carl]
