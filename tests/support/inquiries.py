"""Inquiries that tests start from: what a visitor may have typed, received at Riverside."""

import secrets

import pytest

from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry
from intake.submission import receive


@pytest.fixture
def said():
    """What someone typed: the words are marked, so that they can be looked for everywhere."""
    return InquiryData(
        name="Quillon",
        phone="+12125550143",
        email="quillon@example.org",
        message="I want to stop and zzyzxword is what scares me.",
        contact_way="phone",
        may_leave_voicemail=True,
    )


@pytest.fixture
def gateway(settings, receiver):
    """A gateway of text messages, set up as an operator would."""
    receiver.status = 201
    settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = receiver.url, "+12125550100"
    settings.TEXT_GATEWAY_USER, settings.TEXT_GATEWAY_PASSWORD = "account", "pass:word"
    return receiver


@pytest.fixture
def inquiry(riverside, said):
    """What `said` says, received at Riverside."""
    return receive.receive(said, form_token=secrets.token_bytes(16)).inquiry


@pytest.fixture
def arrives(riverside, said):
    """Receive one more inquiry and set the columns that sort it."""

    def arrive(**columns):
        inquiry = receive.receive(said, form_token=secrets.token_bytes(16)).inquiry
        Inquiry.objects.filter(pk=inquiry.pk).update(**columns)
        inquiry.refresh_from_db()
        return inquiry

    return arrive
