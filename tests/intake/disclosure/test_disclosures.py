"""Nothing is told about a person without consent or an emergency, and all that is told is accounted for."""

import datetime as dt

import pytest
from django.utils import timezone

from intake import disclosure, triage
from intake.cases import case_keys
from intake.cases.permissions import visible_inquiries
from intake.crypto import sealing
from intake.disclosure import referrals
from intake.models import Delivery, Disclosure, Inquiry, Referral
from intake.notifications import kinds
from intake.retention import erasure
from recovery_site.verbs import Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
AGREED = {
    "person": "Quillon",
    "discloser": "Riverside",
    "recipient": "Dr. Pellworm's practice",
    "what": "That I asked for help and when I can come",
    "purpose": "To be admitted",
}
EMERGENCY = {"recipient": "Paramedic Ursa", "affiliation": "City ambulance", "nature": "Not breathing well"}


@pytest.fixture
def consent(inquiry, amara):
    return disclosure.record_consent(inquiry, words=AGREED, by=amara, way="spoken", expires_at=timezone.now() + 30 * DAY)


def refer(inquiry, consent, by, **kwargs):
    return disclosure.refer(inquiry, consent_id=consent.pk, by=by, version=Inquiry.objects.get(pk=inquiry.pk).version, **kwargs)


def test_a_consent_is_sealed_and_needs_all_its_parts(inquiry, amara, consent):
    assert b"Pellworm" not in bytes(consent.sealed)
    for part in AGREED:
        with pytest.raises(Refused):
            disclosure.record_consent(inquiry, words={**AGREED, part: " "}, by=amara, way="spoken", expires_at=timezone.now() + DAY)
    with pytest.raises(Refused):
        disclosure.record_consent(inquiry, words=AGREED, by=amara, way="spoken", expires_at=timezone.now())


def test_a_referral_without_a_consent_in_force_is_refused(inquiry, amara, consent):
    disclosure.revoke_consent(inquiry, consent_id=consent.pk, by=amara)
    with pytest.raises(Refused):
        refer(inquiry, consent, amara)
    assert not Referral.objects.exists()
    assert not Disclosure.objects.exists()


def test_what_is_told_outside_is_accounted_for(inquiry, amara, consent):
    refer(inquiry, consent, amara)
    told = Disclosure.objects.get()
    assert (told.ground, told.consent, told.disclosed_by) == ("consent", consent, amara)
    payload = sealing.open_sealed("disclosure", told.pk, told.sealed, case_keys.for_staff(inquiry, amara))
    assert payload["recipient"] == AGREED["recipient"]
    disclosure.record_answer(inquiry, accepted=True, by=amara)
    assert Referral.objects.get().state == "accepted"


def test_the_receiving_centre_sees_the_offer_but_nothing_of_the_case_until_it_accepts(inquiry, amara, noor, consent, harbor):
    referral = refer(inquiry, consent, amara, to_centre=harbor)
    assert list(referrals.offered_to(noor)) == [referral]
    assert not visible_inquiries(noor).exists()
    disclosure.accept(referral, by=noor)
    assert visible_inquiries(noor).exists()
    assert not visible_inquiries(amara).exists()
    assert triage.open_case(inquiry, by=noor, with_contact=True).contact["name"] == "Quillon"
    assert Disclosure.objects.get().disclosed_by == noor


def test_the_receiving_centre_is_told_and_learns_no_more_than_that(inquiry, amara, noor, consent, harbor):
    noor.email = "noor@example.org"
    noor.save()
    refer(inquiry, consent, amara, to_centre=harbor)
    [offer] = Delivery.objects.filter(kind="offered")
    assert offer.recipient == noor
    words = "".join(kinds.text(offer))
    assert "/admin/intake/inquiry/offers/" in words
    assert inquiry.reference not in words


def test_who_accepts_has_the_case(inquiry, amara, noor, consent, harbor):
    disclosure.accept(refer(inquiry, consent, amara, to_centre=harbor), by=noor)
    inquiry.refresh_from_db()
    assert (inquiry.claimed_by, inquiry.state) == (noor, "open")


@pytest.mark.parametrize(("priority", "ranks"), [(1, 1), (2, 3), (3, 4)])
def test_what_is_urgent_stays_in_the_queue_while_it_is_offered(inquiry, amara, consent, harbor, priority, ranks):  # noqa: PLR0917
    Inquiry.objects.update(priority=priority)
    refer(inquiry, consent, amara, to_centre=harbor)
    inquiry.refresh_from_db()
    assert inquiry.queue_rank == ranks


def test_an_offer_ends_with_the_consent_and_the_case_is_back_at_once(inquiry, amara, noor, consent, harbor):
    refer(inquiry, consent, amara, to_centre=harbor)
    disclosure.revoke_consent(inquiry, consent_id=consent.pk, by=amara)
    inquiry.refresh_from_db()
    assert inquiry.state == "open"
    assert list(referrals.offered_to(noor)) == []
    assert Delivery.objects.filter(kind="offer_ended").count() == 1


def test_after_a_withdrawal_the_accounting_can_still_be_read_and_nothing_added(inquiry, amara, consent, client):
    refer(inquiry, consent, amara)
    erasure.withdraw(inquiry)
    client.force_login(amara)
    case = f"/admin/intake/inquiry/{inquiry.reference}/"
    for page in ("disclosures/", "summary/", "pre-screen/"):
        assert client.get(case + page).status_code == 200, page
    answer = client.post(case + "pre-screen/save/", {"prescreen-version": 1, "prescreen-notes": "typed"})
    assert answer.status_code == 409
    assert "The visitor withdrew this request" in answer.content.decode()


def test_a_declined_referral_comes_back(inquiry, amara, noor, consent, harbor):
    referral = refer(inquiry, consent, amara, to_centre=harbor)
    disclosure.decline(referral, by=noor)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.centre.slug) == ("open", "riverside")
    assert not Disclosure.objects.exists()


def test_a_referral_that_nobody_answers_comes_back_by_itself(inquiry, amara, consent, harbor):
    referral = refer(inquiry, consent, amara, to_centre=harbor)
    assert referrals.time_out(timezone.now())["referrals_timed_out"] == 0
    assert referrals.time_out(referral.answer_by)["referrals_timed_out"] == 1
    inquiry.refresh_from_db()
    referral.refresh_from_db()
    assert (inquiry.state, referral.state) == ("open", "timed_out")


def test_only_the_receiver_answers(inquiry, amara, ben, consent, harbor):
    referral = refer(inquiry, consent, amara, to_centre=harbor)
    with pytest.raises(Referral.DoesNotExist):
        disclosure.accept(referral, by=ben)


def test_an_emergency_disclosure_names_its_four_facts(inquiry, amara):
    at = timezone.now() - dt.timedelta(minutes=5)
    for part in EMERGENCY:
        with pytest.raises(Refused):
            disclosure.disclose_in_emergency(inquiry, words={**EMERGENCY, part: ""}, by=amara, at=at)
    with pytest.raises(Refused):
        disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=timezone.now() + DAY)
    told = disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=at)
    assert (told.ground, told.disclosed_by, told.disclosed_at) == ("emergency", amara, at)
    assert b"Ursa" not in bytes(told.sealed)
    assert inquiry.events.last().data["ground"] == "emergency"


def test_the_screens_carry_it_all_the_way(inquiry, amara, noor, harbor, client):
    case = f"/admin/intake/inquiry/{inquiry.reference}/"
    client.force_login(amara)
    until = (timezone.now() + 30 * DAY).strftime("%Y-%m-%dT%H:%M")
    filled = {f"consent-{name}": value for name, value in AGREED.items()} | {"consent-way": "spoken", "consent-expires_at": until}
    page = client.post(case + "consent/", filled, follow=True).content.decode()
    assert "Pellworm" in page
    consent = inquiry.disclosure_consents.get()
    inquiry.refresh_from_db()
    offer = {"refer-version": inquiry.version, "refer-consent": consent.pk, "refer-to_centre": harbor.pk}
    assert "The case is offered." in client.post(case + "refer/", offer, follow=True).content.decode()
    client.force_login(noor)
    offers = client.get("/admin/intake/inquiry/offers/").content.decode()
    assert inquiry.reference in offers
    assert "Quillon" not in offers
    referral = Referral.objects.get()
    page = client.post(f"/admin/intake/inquiry/offers/{referral.pk}/", {"answer": "accept"}, follow=True).content.decode()
    assert "The case is yours now." in page


def test_a_consent_with_a_hole_keeps_what_was_typed(inquiry, amara, client):
    client.force_login(amara)
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/consent/", {"consent-recipient": "Dr. Pellworm"})
    assert answer.status_code == 422
    assert 'value="Dr. Pellworm"' in answer.content.decode()
