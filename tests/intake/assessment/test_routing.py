"""Routing by rules in order; inquiries that match no rule go to the default centre."""

import datetime as dt
import re
import secrets

import pytest
from django.utils import timezone

from accounts.models import User
from intake.assessment import routing
from intake.cases import case_keys
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.models import Centre, Inquiry, Membership, OpeningHours, RoutingRule, Team
from intake.submission import receive
from tests.people import member

pytestmark = pytest.mark.django_db
NEW_YORK = dt.timezone(-dt.timedelta(hours=5))
MONDAY_NOON = dt.datetime(2026, 1, 5, 12, tzinfo=NEW_YORK)


@pytest.fixture
def hill(riverside):
    """A second centre with the same opening hours. At both somebody can be told."""
    member("rosa", "Rosa Ruiz", riverside, "lead", email="rosa@example.org")
    centre = Centre.objects.create(name="Hill", slug="hill", time_zone="America/New_York")
    for weekday in range(5):
        OpeningHours.objects.create(centre=centre, weekday=weekday, opens=dt.time(9), closes=dt.time(17))
    keyring.create_centre_key(centre)
    member("hollis", "Hollis Hale", centre, "lead", email="hollis@example.org")
    return centre


@pytest.fixture
def to_hill(hill):
    """Return a function that creates a rule for Hill."""

    def make(**conditions):
        position = RoutingRule.objects.count() + 1
        return RoutingRule.objects.create(**{"position": position, "name": f"rule {position}", "centre": hill, **conditions})

    return make


def goes_to(now=MONDAY_NOON, priority=3, **answers):
    return routing.choose(InquiryData(**answers), priority, now).centre.slug


@pytest.mark.parametrize(
    ("condition", "matching", "other"),
    [
        ({"regions": ["NY"]}, {"region": "NY"}, {"region": "NJ"}),
        ({"languages": ["es"]}, {"language": "es"}, {"language": "en"}),
        ({"for_whom": ["professional"]}, {"for_whom": "professional"}, {"for_whom": "self"}),
        ({"age_bands": ["under_18"]}, {"age_band": "under_18"}, {"age_band": ""}),
        ({"substances": ["alcohol", "opioids"]}, {"substances": ["opioids"]}, {"substances": ["cannabis"]}),
        ({"payers": ["public"]}, {"payer": "public"}, {"payer": "self"}),
    ],
)
def test_each_condition_matches_its_answers(to_hill, condition, matching, other):
    to_hill(**condition)
    assert goes_to(**matching) == "hill"
    assert goes_to(**other) == "riverside"


def test_day_and_time_are_those_of_the_centre(to_hill):
    to_hill(weekdays=[0], from_time=dt.time(22), until_time=dt.time(6))
    assert goes_to(MONDAY_NOON) == "riverside"
    assert goes_to(MONDAY_NOON.replace(hour=23)) == "hill"
    assert goes_to(MONDAY_NOON.replace(hour=5)) == "hill"
    assert goes_to(MONDAY_NOON.replace(day=6, hour=23)) == "riverside"


def test_a_rule_may_require_that_the_centre_is_open_and_below_its_limit(to_hill, hill):
    rule = to_hill(only_while_open=True)
    assert goes_to(MONDAY_NOON) == "hill"
    assert goes_to(MONDAY_NOON.replace(hour=3)) == "riverside"
    rule.only_while_open, rule.max_open_cases = False, 1
    rule.save()
    assert goes_to() == "hill"
    receive.receive(InquiryData(), form_token=secrets.token_bytes(16))
    assert Inquiry.objects.get().centre == hill
    assert goes_to() == "riverside"


def test_the_first_rule_in_order_decides_and_drafts_do_not(to_hill, riverside):
    to_hill(is_active=False)
    to_hill(centre=riverside, regions=["NY"])
    to_hill()
    assert goes_to(region="NY") == "riverside"
    assert goes_to(region="NJ") == "hill"


def test_a_pause_ends_by_itself(to_hill, hill):
    to_hill()
    hill.paused_until = MONDAY_NOON + dt.timedelta(hours=1)
    hill.save()
    assert goes_to(MONDAY_NOON) == "riverside"
    assert goes_to(MONDAY_NOON + dt.timedelta(hours=1)) == "hill"


def test_an_inquiry_goes_to_the_default_centre_if_the_rules_centre_can_not_take_it(to_hill, hill):
    to_hill()
    hill.keys.all().delete()
    assert goes_to() == "riverside"
    hill.accepts_inquiries = False
    hill.save()
    assert goes_to() == "riverside"


def test_a_rule_sets_person_priority_and_deadline(to_hill, hill):
    nora = User.objects.create_user("nora", is_staff=True)
    Membership.objects.create(user=nora, centre=hill)
    to_hill(person=nora, priority=2, promise_minutes=10)
    received = receive.receive(InquiryData(), form_token=secrets.token_bytes(16)).inquiry
    assert (received.claimed_by, received.priority) == (nora, 2)
    route = routing.choose(InquiryData(), 3, MONDAY_NOON)
    assert route.answer_by == MONDAY_NOON + dt.timedelta(minutes=10)


def test_a_rule_never_makes_danger_less_urgent(to_hill):
    to_hill(priority=3, promise_minutes=600)
    route = routing.choose(InquiryData(), 1, MONDAY_NOON)
    assert route.priority == 1
    assert route.answer_by == MONDAY_NOON + dt.timedelta(minutes=15)


def test_a_former_staff_member_is_assigned_nothing(to_hill, hill):
    gone = User.objects.create_user("gone", is_staff=True, is_active=False)
    Membership.objects.create(user=gone, centre=hill)
    to_hill(person=gone)
    assert routing.choose(InquiryData(), 3, MONDAY_NOON).person is None


def test_the_form_shows_the_deadline_of_the_matching_rule(to_hill, hill, client):
    to_hill(languages=["es"])
    assert "Hill" in client.get("/es/contact/").content.decode()
    assert "Riverside" in client.get("/contact/").content.decode()


def test_the_operator_tries_inactive_rules_on_an_example(to_hill, admin_client):
    to_hill(regions=["NY"], name="New York")
    to_hill(is_active=False, name="everybody")
    example = {"region": "NJ", "language": "en", "for_whom": "self"}
    page = admin_client.post("/admin/intake/routingrule/try/", {**example, "drafts": "on"}).content.decode()
    assert "It goes to Hill" in page
    assert "another state or region" in page
    assert "It goes to Riverside" in admin_client.post("/admin/intake/routingrule/try/", example).content.decode()
    assert not Inquiry.objects.exists()


def test_a_rule_to_a_centre_without_a_key_is_refused_in_the_form(riverside, admin_client):
    bare = Centre.objects.create(name="Bare", slug="bare")
    form = {"position": 1, "name": "x", "centre": bare.pk, "is_active": "on"}
    page = admin_client.post("/admin/intake/routingrule/add/", form).content.decode()
    assert "This center has no key yet" in page
    stored = admin_client.post("/admin/intake/routingrule/add/", form | {"centre": riverside.pk, "weekdays": ["0", "6"], "regions": ["NY"]})
    assert stored.status_code == 302
    rule = RoutingRule.objects.get()
    assert (rule.weekdays, rule.regions) == ([0, 6], ["NY"])
    assert routing.choose(InquiryData(region="NY"), 3, timezone.now()).centre == riverside


def test_a_requested_centre_takes_precedence_over_the_rules(to_hill, hill, riverside, client):
    assert "Which center do you want to ask?" in client.get("/contact/").content.decode()
    to_hill()
    assert goes_to(centre="riverside") == "riverside"
    assert goes_to(centre="no-such-centre") == "hill"
    riverside.accepts_inquiries = False
    riverside.save()
    assert goes_to(centre="riverside") == "hill"


def test_with_one_centre_the_form_does_not_ask_for_a_centre(riverside, client):
    assert "Which center" not in client.get("/contact/").content.decode()


def test_an_inquiry_to_a_centre_paused_meanwhile_is_still_accepted(riverside, hill, client):
    token = re.search(r'name="token"[^>]*value="([^"]*)"', client.get("/contact/").content.decode()).group(1)
    hill.accepts_inquiries = False
    hill.save()
    answer = client.post("/contact/", {"token": token, "for_whom": "self", "contact_way": "mailbox", "centre": "hill"})
    assert answer.status_code == 303
    assert Inquiry.objects.get().centre == riverside


@pytest.fixture
def rules_clock(monkeypatch, settings):
    """Cache rules for ten seconds; return the clock, which stands still until a test advances it."""
    clock = [100.0]
    monkeypatch.setattr(routing, "monotonic", lambda: clock[0])
    monkeypatch.setattr(routing, "_cached", [routing._ActiveRules(until=0.0)])
    settings.ROUTING_SECONDS = 10
    return clock


def test_rules_are_cached_for_many_visitors_and_a_new_one_applies_soon(rules_clock, to_hill, django_assert_num_queries):
    assert goes_to(language="es") == "riverside"
    with django_assert_num_queries(0):
        assert goes_to(language="es") == "riverside"
    to_hill(languages=["es"])
    rules_clock[0] += 9
    assert goes_to(language="es") == "riverside"
    rules_clock[0] += 1
    assert goes_to(language="es") == "hill"


def test_trying_rules_does_not_use_the_cache(rules_clock, to_hill):
    assert goes_to(language="es") == "riverside"
    to_hill(languages=["es"], is_active=False)
    assert routing.choose(InquiryData(language="es"), 3, MONDAY_NOON, drafts=True).centre.slug == "hill"


def test_a_case_sealed_to_a_key_that_was_just_retired_still_opens(rules_clock, riverside):
    goes_to()
    keyring.create_centre_key(riverside)
    inquiry = receive.receive(InquiryData(message="hello"), form_token=secrets.token_bytes(16)).inquiry
    assert case_keys.for_indexing(inquiry)


def test_only_rules_of_a_requested_centre_are_evaluated(to_hill, hill, riverside):
    to_hill(name="everybody")
    own = RoutingRule.objects.create(position=9, name="own", centre=riverside, promise_minutes=20, substances=["alcohol"])
    assert routing.choose(InquiryData(centre="riverside", substances=["alcohol"]), 3, MONDAY_NOON).rule == own
    assert routing.choose(InquiryData(centre="riverside"), 3, MONDAY_NOON).rule is None
    looks = routing.explain(InquiryData(centre="riverside", substances=["alcohol"]), MONDAY_NOON, drafts=False)
    assert [look.failed for look in looks] == ["centre", ""]


def test_a_rule_is_tried_on_an_example_before_it_is_saved(hill, riverside, admin_client):
    rule = {"position": 1, "name": "Teens", "centre": hill.pk, "age_bands": ["under_18"]}
    page = admin_client.get("/admin/intake/routingrule/add/").content.decode()
    assert 'formaction="/admin/intake/routingrule/try/"' in page
    first = admin_client.post("/admin/intake/routingrule/try/", rule | {"_try": ""}).content.decode()
    assert "It goes to Riverside" in first
    assert "another age" in first
    young = {"example-language": "en", "example-for_whom": "self", "example-age_band": "under_18"}
    second = admin_client.post("/admin/intake/routingrule/try/", rule | young).content.decode()
    assert "It goes to Hill" in second
    assert not RoutingRule.objects.exists()
    # What the page carries along can be saved from there.
    carried = dict(re.findall(r'<input type="hidden" name="(position|name|centre|age_bands)" value="([^"]*)"', second))
    assert admin_client.post("/admin/intake/routingrule/add/", carried).status_code == 302
    assert RoutingRule.objects.get().age_bands == ["under_18"]


def test_a_team_of_another_centre_is_refused_and_its_own_is_shown_in_the_trial(hill, riverside, admin_client):
    team = Team.objects.create(centre=hill, name="Families")
    rule = {"position": 1, "name": "x", "centre": hill.pk, "team": team.pk}
    assert "told first to the team Families" in admin_client.post("/admin/intake/routingrule/try/", rule).content.decode()
    refused = admin_client.post("/admin/intake/routingrule/add/", rule | {"centre": riverside.pk})
    assert "This team is another center" in refused.content.decode()
    assert admin_client.get("/admin/intake/team/add/").status_code == 200


def test_a_rule_with_mistakes_is_not_tried(hill, riverside, admin_client):
    page = admin_client.post("/admin/intake/routingrule/try/", {"position": 1, "name": "", "centre": hill.pk, "_try": ""}).content.decode()
    assert "correct them first" in page
    assert "It goes to" not in page


def test_a_changed_rule_is_tried_in_place_of_the_stored_one(to_hill, hill, riverside, admin_client):
    rule = to_hill(regions=["NY"])
    changed = {"position": rule.position, "name": "x", "centre": hill.pk, "regions": ["NJ"]}
    example = {"example-language": "en", "example-for_whom": "self", "example-region": "NJ"}
    page = admin_client.post(f"/admin/intake/routingrule/try/?rule={rule.pk}", changed | example).content.decode()
    assert "It goes to Hill" in page
    assert RoutingRule.objects.get().regions == ["NY"]


def test_an_example_can_come_at_another_hour(to_hill, hill, riverside, admin_client):
    to_hill(weekdays=[6])
    example = {"region": "", "language": "en", "for_whom": "self", "drafts": "on"}
    sunday = admin_client.post("/admin/intake/routingrule/try/", example | {"at": "2026-03-01T18:00"}).content.decode()
    monday = admin_client.post("/admin/intake/routingrule/try/", example | {"at": "2026-03-02T18:00"}).content.decode()
    assert "It goes to Hill" in sunday
    assert "It goes to Riverside" in monday


def test_rules_are_put_in_order_in_the_list(to_hill, hill, admin_client):
    names = [to_hill(position=position, name=name) and name for position, name in ((3, "a"), (7, "b"), (8, "c"))]
    assert names == ["a", "b", "c"]

    def move(name, action):
        chosen = RoutingRule.objects.get(name=name).pk
        admin_client.post("/admin/intake/routingrule/", {"action": action, "_selected_action": [chosen]})
        return list(RoutingRule.objects.order_by("position").values_list("name", flat=True))

    assert move("c", "move_up") == ["a", "c", "b"]
    assert move("a", "move_up") == ["a", "c", "b"]
    assert move("a", "move_down") == ["c", "a", "b"]
