"""A recused staff member can't see the case when it is offered to another centre where they work."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from intake import disclosure, triage
from intake.models import Inquiry, Membership, Referral

pytestmark = pytest.mark.django_db
AGREED = {"person": "Quillon", "discloser": "Riverside", "recipient": "Harbor", "what": "All of it", "purpose": "To be admitted"}


@pytest.fixture
def offered(inquiry, amara, ben, open_harbor):
    """Ben is recused because he knows Quillon; then Amara offers the case to Harbor, where Ben works too."""
    Membership.objects.create(user=ben, centre=open_harbor, role="triage")
    triage.recuse(inquiry, by=ben)
    consent = disclosure.record_consent(inquiry, words=AGREED, by=amara, way="spoken", expires_at=timezone.now() + dt.timedelta(days=30))
    version = Inquiry.objects.get(pk=inquiry.pk).version
    return disclosure.refer(inquiry, consent_id=consent.pk, by=amara, version=version, to_centre=open_harbor)


def test_ben_neither_sees_nor_answers_the_offer(client, inquiry, offered, ben):
    client.force_login(ben)
    assert inquiry.reference not in client.get(reverse("admin:intake_inquiry_offers")).content.decode()
    answer = client.post(reverse("admin:intake_inquiry_answer_offer", args=[offered.pk]), {"answer": "accept"})
    assert answer.status_code == 404
    assert Referral.objects.get().state == Referral.State.OFFERED


def test_a_colleague_at_harbor_sees_it(client, inquiry, offered, noor):
    client.force_login(noor)
    assert inquiry.reference in client.get(reverse("admin:intake_inquiry_offers")).content.decode()
