"""Disclosures need a consent or an emergency, and each is recorded in the accounting."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from intake import disclosure, triage
from intake.cases import case_keys
from intake.cases.permissions import visible_inquiries
from intake.crypto import sealing
from intake.disclosure import referrals
from intake.models import Centre, Disclosure, Inquiry, Notification, Referral
from intake.notifications import outbox, staff_text
from intake.notifications.kinds import Kind
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


def test_a_referral_outside_is_recorded_in_the_accounting(inquiry, amara, consent):
    refer(inquiry, consent, amara)
    disclosure_row = Disclosure.objects.get()
    assert (disclosure_row.ground, disclosure_row.consent, disclosure_row.disclosed_by) == ("consent", consent, amara)
    payload = sealing.open_sealed("disclosure", disclosure_row.pk, disclosure_row.sealed, case_keys.for_staff(inquiry, amara))
    assert payload["recipient"] == AGREED["recipient"]
    disclosure.record_answer(inquiry, accepted=True, by=amara)
    assert Referral.objects.get().state == "accepted"


def test_the_receiving_centre_sees_the_offer_but_nothing_of_the_case_until_it_accepts(inquiry, amara, noor, consent, open_harbor):
    referral = refer(inquiry, consent, amara, to_centre=open_harbor)
    assert list(referrals.offered_to(noor)) == [referral]
    assert not visible_inquiries(noor).exists()
    disclosure.accept(referral, by=noor)
    assert visible_inquiries(noor).exists()
    assert not visible_inquiries(amara).exists()
    assert triage.open_case(inquiry, by=noor, with_contact=True).contact["name"] == "Quillon"
    assert Disclosure.objects.get().disclosed_by == noor


def test_the_notification_of_the_receiving_centre_discloses_nothing(inquiry, amara, noor, consent, open_harbor):
    noor.email = "noor@example.org"
    noor.save()
    refer(inquiry, consent, amara, to_centre=open_harbor)
    outbox.send_due()
    offers = Notification.objects.filter(kind="offered", channel="staff_email")
    assert sorted(offer.recipient.username for offer in offers) == ["hana", "noor"]
    offer = offers.first()
    words = "".join(staff_text.subject_and_body(offer.inquiry, Kind(offer.kind), ZoneInfo("America/New_York")))
    assert "/admin/intake/inquiry/offers/" in words
    assert inquiry.reference not in words


def test_noor_owns_the_case_that_she_accepts(inquiry, amara, noor, consent, open_harbor):
    disclosure.accept(refer(inquiry, consent, amara, to_centre=open_harbor), by=noor)
    inquiry.refresh_from_db()
    assert (inquiry.claimed_by, inquiry.state) == (noor, "open")


@pytest.mark.parametrize(("priority", "ranks"), [(1, 1), (2, 3), (3, 4)])
def test_an_urgent_case_stays_in_the_queue_while_it_is_offered(inquiry, amara, consent, open_harbor, priority, ranks):  # noqa: PLR0917
    Inquiry.objects.update(priority=priority)
    refer(inquiry, consent, amara, to_centre=open_harbor)
    inquiry.refresh_from_db()
    assert inquiry.queue_rank == ranks


def test_revoking_the_consent_ends_the_offer_and_returns_the_case(inquiry, amara, noor, consent, open_harbor):
    refer(inquiry, consent, amara, to_centre=open_harbor)
    disclosure.revoke_consent(inquiry, consent_id=consent.pk, by=amara)
    inquiry.refresh_from_db()
    assert inquiry.state == "open"
    assert list(referrals.offered_to(noor)) == []
    assert Notification.objects.filter(kind="offer_ended").count() == 1


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


def test_a_declined_case_returns_to_the_centre_that_offered_it(inquiry, amara, noor, consent, open_harbor):
    referral = refer(inquiry, consent, amara, to_centre=open_harbor)
    disclosure.decline(referral, by=noor)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.centre.slug) == ("open", "riverside")
    assert not Disclosure.objects.exists()


def test_an_unanswered_referral_times_out(inquiry, amara, consent, open_harbor):
    referral = refer(inquiry, consent, amara, to_centre=open_harbor)
    assert referrals.time_out(timezone.now())["referrals_timed_out"] == 0
    assert referrals.time_out(referral.answer_by)["referrals_timed_out"] == 1
    inquiry.refresh_from_db()
    referral.refresh_from_db()
    assert (inquiry.state, referral.state) == ("open", "timed_out")


def test_only_the_receiver_answers(inquiry, amara, ben, consent, open_harbor):
    referral = refer(inquiry, consent, amara, to_centre=open_harbor)
    with pytest.raises(Referral.DoesNotExist):
        disclosure.accept(referral, by=ben)


def test_an_emergency_disclosure_needs_the_four_facts_of_the_law(inquiry, amara):
    at = timezone.now() - dt.timedelta(minutes=5)
    for part in EMERGENCY:
        with pytest.raises(Refused):
            disclosure.disclose_in_emergency(inquiry, words={**EMERGENCY, part: ""}, by=amara, at=at)
    with pytest.raises(Refused):
        disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=timezone.now() + DAY)
    disclosure_row = disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=at)
    assert (disclosure_row.ground, disclosure_row.disclosed_by, disclosure_row.disclosed_at) == ("emergency", amara, at)
    assert b"Ursa" not in bytes(disclosure_row.sealed)
    assert inquiry.events.last().data["ground"] == "emergency"


def test_amara_and_noor_complete_a_referral_on_the_pages(inquiry, amara, noor, open_harbor, client):
    case = f"/admin/intake/inquiry/{inquiry.reference}/"
    client.force_login(amara)
    until = (timezone.now() + 30 * DAY).strftime("%Y-%m-%dT%H:%M")
    filled = {f"consent-{name}": value for name, value in AGREED.items()} | {"consent-way": "spoken", "consent-expires_at": until}
    page = client.post(case + "consent/", filled, follow=True).content.decode()
    assert "Pellworm" in page
    consent = inquiry.disclosure_consents.get()
    inquiry.refresh_from_db()
    offer = {"refer-version": inquiry.version, "refer-consent": consent.pk, "refer-to_centre": open_harbor.pk}
    assert "The case is offered." in client.post(case + "refer/", offer, follow=True).content.decode()
    client.force_login(noor)
    offers = client.get("/admin/intake/inquiry/offers/").content.decode()
    assert inquiry.reference in offers
    assert "Quillon" not in offers
    referral = Referral.objects.get()
    page = client.post(f"/admin/intake/inquiry/offers/{referral.pk}/", {"answer": "accept"}, follow=True).content.decode()
    assert "The case is yours now." in page


def test_the_page_shows_what_was_told_with_a_consent_and_in_an_emergency(inquiry, amara, consent, client):
    refer(inquiry, consent, amara)
    disclosure.disclose_in_emergency(inquiry, words=EMERGENCY, by=amara, at=timezone.now())
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/disclosures/")
    assert page.status_code == 200
    assert page.content.decode().count(AGREED["what"]) == 2
    assert EMERGENCY["nature"] in page.content.decode()


def test_an_incomplete_consent_keeps_the_typed_text(inquiry, amara, client):
    client.force_login(amara)
    answer = client.post(f"/admin/intake/inquiry/{inquiry.reference}/consent/", {"consent-recipient": "Dr. Pellworm"})
    assert answer.status_code == 422
    assert 'value="Dr. Pellworm"' in answer.content.decode()


def test_an_offer_is_told_to_the_receiving_centres_shared_address_and_not_to_ours(inquiry, amara, consent, open_harbor):
    Centre.objects.filter(pk=inquiry.centre_id).update(notify_address="riverside@example.org")
    Centre.objects.filter(pk=open_harbor.pk).update(notify_address="harbor@example.org")
    Notification.objects.all().delete()
    refer(inquiry, consent, amara, to_centre=open_harbor)
    outbox.send_due()
    assert sorted(message.to[0] for message in mail.outbox) == ["hana@example.org", "harbor@example.org"]
    assert inquiry.reference not in "".join(message.body for message in mail.outbox)


def test_a_lead_who_wants_no_mails_hears_of_an_offer_that_nobody_else_would_hear_of(inquiry, amara, consent, open_harbor):
    open_harbor.memberships.update(notify=False)
    refer(inquiry, consent, amara, to_centre=open_harbor)
    outbox.send_due()
    assert ["hana@example.org"] in [message.to for message in mail.outbox]


def test_no_case_is_offered_to_a_centre_where_nobody_can_be_told(inquiry, amara, consent, harbor):
    with pytest.raises(Refused, match="can't receive"):
        refer(inquiry, consent, amara, to_centre=harbor)
