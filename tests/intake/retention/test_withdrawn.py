"""A withdrawn request leaves nothing behind that describes the person."""

import datetime as dt
import json
import secrets

import pytest
from django.utils import timezone

from intake import admission, disclosure, triage
from intake.cases.inquiry_data import InquiryData
from intake.disclosure import referrals
from intake.mailbox import sessions
from intake.models import DisclosureConsent, Inquiry, Message
from intake.retention import erasure
from intake.submission import receive
from recovery_site.verbs import Refused

pytestmark = pytest.mark.django_db
AGREED = {"person": "Quillon", "discloser": "Riverside", "recipient": "Harbor", "what": "All of it", "purpose": "To be admitted"}


def test_no_event_keeps_the_reasons_of_the_priority(riverside, amara):
    data = InquiryData(message="I want to die, I took too much", pregnancy="yes", age_band="under_18")
    inquiry = receive.receive(data, form_token=secrets.token_bytes(16)).inquiry
    admission.put_on_waiting_list(
        inquiry, by=amara, version=inquiry.version, reason="medical", check_in_at=timezone.now() + dt.timedelta(days=1)
    )
    erasure.withdraw(inquiry)
    event_data = json.dumps([event.data for event in inquiry.events.all()])
    for word in ("pregnant", "under_18", "suicide", "overdose", "medical"):
        assert word not in event_data


@pytest.fixture
def offered(inquiry, amara, open_harbor):
    """Quillon's case, offered to Harbor with their consent."""
    consent = disclosure.record_consent(inquiry, words=AGREED, by=amara, way="spoken", expires_at=timezone.now() + dt.timedelta(days=30))
    version = Inquiry.objects.get(pk=inquiry.pk).version
    return disclosure.refer(inquiry, consent_id=consent.pk, by=amara, version=version, to_centre=open_harbor)


def test_another_centre_is_no_longer_offered_the_case(inquiry, offered, noor):
    assert referrals.offered_to(noor).exists()
    erasure.withdraw(inquiry)
    assert not referrals.offered_to(noor).exists()
    with pytest.raises(referrals.Referral.DoesNotExist):
        disclosure.accept(offered, by=noor)


def test_consents_to_disclose_end_with_the_withdrawal(inquiry, offered):
    erasure.withdraw(inquiry)
    assert not DisclosureConsent.objects.filter(inquiry=inquiry, revoked_at=None).exists()


def test_a_message_from_another_window_does_not_reopen_it(riverside):
    received = receive.receive(InquiryData(message="help"), form_token=secrets.token_bytes(16))
    other_window = sessions.read(sessions.open_with(" ".join(received.receipt)))
    erasure.withdraw(received.inquiry)
    with pytest.raises(sessions.Withdrawn):
        sessions.write(other_window, "one more thing", form_token=secrets.token_bytes(16))
    assert not Message.objects.exists()
    assert Inquiry.objects.get().state == Inquiry.State.CLOSED


def test_withdrawing_twice_has_no_further_effect(inquiry):
    erasure.withdraw(inquiry)
    erasure.withdraw(inquiry)
    assert inquiry.events.filter(kind="withdrawn").count() == 1


def test_nothing_is_added_to_a_withdrawn_request(inquiry, amara):
    erasure.withdraw(inquiry)
    version = Inquiry.objects.get(pk=inquiry.pk).version
    for step in (
        lambda: triage.add_note(inquiry, text="Called anyway", by=amara),
        lambda: triage.reopen(inquiry, by=amara, version=version),
        lambda: triage.reply(inquiry, text="Are you there?", by=amara, version=version),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert "withdrew" in refused.value.message
    assert not triage.open_case(inquiry, by=amara, with_contact=False).opens


def test_amara_is_not_sent_to_look_for_a_key_where_a_request_was_withdrawn(inquiry, amara, client):
    erasure.withdraw(inquiry)
    client.force_login(amara)
    page = client.get(f"/admin/intake/inquiry/{inquiry.reference}/").content.decode()
    assert "What they wrote is erased." in page
    assert "key is missing" not in page
    assert "Reopen the case" not in page
