"""A centre takes inquiries only while somebody there can be told and open them; until then others answer, and its page says why."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone

from accounts.models import User
from intake import checks, triage
from intake.admin.forms import HandOverForm
from intake.assessment import readiness, routing
from intake.assessment.readiness import Lack
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.models import Centre, CentreKey, Inquiry, OpeningHours, RoutingRule
from intake.submission import receive
from recovery_site.verbs import Refused
from tests.people import member

pytestmark = pytest.mark.django_db
PINE = "/admin/intake/centre/{}/change/"


@pytest.fixture
def pine(riverside, luisa, centre_keys):
    """Pine Street has a key and nothing else. At Riverside Luisa can be told."""
    User.objects.filter(pk=luisa.pk).update(email="luisa@example.org")
    centre = Centre.objects.create(name="Pine Street", slug="pine")
    keyring.create_centre_key(centre)
    return centre


def completed(centre):
    member("pia", "Pia Park", centre, "lead", email="pia@example.org")
    OpeningHours.objects.create(centre=centre, weekday=0, opens=dt.time(9), closes=dt.time(17))
    return centre


def danger_to(slug):
    return receive.receive(InquiryData(danger_now=True, centre=slug), form_token=secrets.token_bytes(16)).inquiry


def test_a_centre_with_only_a_name_and_a_key_lacks_hours_and_people(pine):
    assert readiness.missing(pine) == [Lack.HOURS, Lack.PEOPLE]
    assert readiness.missing(completed(pine)) == []


def test_danger_that_asks_for_an_unstaffed_centre_goes_where_somebody_can_be_told(pine, riverside):
    assert danger_to("pine").centre == riverside
    completed(pine)
    assert danger_to("pine").centre == pine


def test_a_rule_sends_nobody_to_an_unstaffed_centre_and_the_trial_says_why(pine, riverside, admin_client):
    RoutingRule.objects.create(position=1, name="all", centre=pine)
    assert danger_to("").centre == riverside
    [look] = routing.explain(InquiryData(), timezone.now(), drafts=False)
    assert look.failed == "incomplete"
    tried = admin_client.post("/admin/intake/routingrule/try/", {"language": "en", "for_whom": "self"}).content.decode()
    assert "its page says what is missing" in tried
    completed(pine)
    assert danger_to("").centre == pine


@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_staff": False}, {"email": ""}])
def test_pine_street_takes_nothing_more_once_its_only_member_has_left(pine, riverside, gone):
    completed(pine)
    User.objects.filter(username="pia").update(**gone)
    assert danger_to("pine").centre == riverside


def test_a_shared_address_tells_a_member_who_gave_none(pine):
    completed(pine)
    User.objects.filter(username="pia").update(email="")
    Centre.objects.filter(pk=pine.pk).update(notify_address="desk@example.org")
    assert readiness.missing(pine) == []


def test_where_the_default_centre_has_nobody_another_that_has_somebody_answers(pine, riverside, luisa):
    completed(pine)
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    assert danger_to("").centre == pine


@pytest.mark.parametrize("off", [{"accepts_inquiries": False}, {"paused_until": timezone.now() + dt.timedelta(days=300)}])
def test_where_the_default_centre_accepts_none_another_answers(pine, riverside, off):
    completed(pine)
    Centre.objects.filter(pk=riverside.pk).update(**off)
    assert danger_to("").centre == pine


def test_where_nobody_anywhere_can_be_told_the_default_centre_keeps_the_request(pine, riverside, luisa):
    User.objects.filter(pk=luisa.pk).update(is_active=False)
    assert danger_to("pine").centre == riverside


def test_the_form_and_the_form_for_calls_offer_no_centre_that_can_not_answer(pine, client, luisa):
    assert "Pine Street" not in client.get("/contact/").content.decode()
    completed(pine)
    assert "Pine Street" in client.get("/contact/").content.decode()
    client.force_login(luisa)
    assert "Pine Street" in client.get("/admin/intake/inquiry/by-phone/").content.decode()
    User.objects.filter(username="pia").update(is_active=False)
    assert "Pine Street" not in client.get("/admin/intake/inquiry/by-phone/").content.decode()


def test_no_case_is_handed_to_a_centre_without_people(pine, inquiry, amara):
    assert list(HandOverForm(inquiry=inquiry).fields["to"].queryset) == []
    with pytest.raises(Refused, match="takes no inquiries"):
        triage.hand_over(inquiry, to=pine, by=amara, version=inquiry.version)
    completed(pine)
    assert list(HandOverForm(inquiry=inquiry).fields["to"].queryset) == [pine]
    triage.hand_over(inquiry, to=pine, by=amara, version=inquiry.version)
    assert Inquiry.objects.get().centre == pine


# --- The key ---


def test_a_key_whose_file_is_lost_is_noticed_and_requests_go_elsewhere_until_it_is_back(pine, riverside, centre_keys):
    completed(pine)
    key = keyring.active_key(pine)
    assert keyring.private_key(key)  # read before, as a process that runs for weeks has
    file = centre_keys / f"{key.pk}.key"
    hidden = file.rename(file.with_suffix(".away"))
    now = timezone.now()
    assert keyring.verify_keys(now) == {"centre_keys_unusable": 1, "centre_keys_only_elsewhere": 0}
    assert readiness.missing(pine) == [Lack.KEY]
    assert danger_to("pine").centre == riverside
    keyring.verify_keys(now + dt.timedelta(hours=1))
    assert CentreKey.objects.get(centre=pine).unusable_since == now
    hidden.rename(file)
    assert keyring.verify_keys(now) == {"centre_keys_unusable": 0, "centre_keys_only_elsewhere": 0}
    assert danger_to("pine").centre == pine


def test_leads_operators_and_the_checks_hear_of_a_lost_key(pine, client, olga, luisa, centre_keys):
    completed(pine)
    (centre_keys / f"{keyring.active_key(pine).pk}.key").unlink()
    keyring.verify_keys(timezone.now())
    client.force_login(olga)
    assert "no key opens what is sealed to it" in client.get("/admin/").content.decode()
    found = checks.somebody_is_told_of_danger(None, databases=["default"])
    assert [(message.id, message.msg.split(" takes")[0]) for message in found if message.id != "intake.W004"] == [
        ("intake.W005", "Pine Street")
    ]


def test_a_file_with_another_key_opens_no_canary(pine, riverside, centre_keys):
    own, other = (centre_keys / f"{keyring.active_key(centre).pk}.key" for centre in (pine, riverside))
    own.write_bytes(other.read_bytes())
    assert not keyring.opens_canary(keyring.active_key(pine))
    assert keyring.opens_canary(keyring.active_key(riverside))


def test_a_public_server_verifies_nothing_and_believes_what_the_staffs_wrote(pine, settings):
    settings.SITE_ROLE = "public"
    assert keyring.verify_keys(timezone.now()) == {}
    assert CentreKey.objects.get(centre=pine).unusable_since is None


# --- The page of the centre ---


def test_the_page_of_the_centre_lists_what_is_missing_with_a_way_there(pine, client, olga):
    client.force_login(olga)
    page = client.get(PINE.format(pine.pk)).content.decode()
    members = PINE.format(pine.pk).replace("change", "members")
    for part in ("Can this center take inquiries?", 'href="#opening_hours-group"', "No opening hours", f'href="{members}"'):
        assert part in page
    assert 'id="opening_hours-group"' in page
    assert "requests go to another center" in page
    User.objects.filter(username="luisa").update(is_active=False)
    assert "Requests come here all the same" in client.get(PINE.format(Centre.objects.get(is_default=True).pk)).content.decode()
    completed(pine)
    assert "Yes: it has all it needs." in client.get(PINE.format(pine.pk)).content.decode()
    Centre.objects.filter(pk=pine.pk).update(accepts_inquiries=False)
    assert "to begin" in client.get(PINE.format(pine.pk)).content.decode()
