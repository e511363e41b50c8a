"""Fixtures of inquiries received at Riverside."""

import secrets

import pytest

from intake.cases.inquiry_data import InquiryData
from intake.models import Inquiry
from intake.submission import receive


@pytest.fixture
def inquiry_data():
    """The data of an inquiry, with unique words that tests can search for everywhere."""
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
    """A configured SMS gateway."""
    receiver.status = 201
    settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = receiver.url, "+12125550100"
    settings.TEXT_GATEWAY_USER, settings.TEXT_GATEWAY_PASSWORD = "account", "pass:word"
    return receiver


@pytest.fixture
def inquiry(riverside, inquiry_data):
    """An inquiry with the data of `inquiry_data`, received at Riverside."""
    return receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry


@pytest.fixture
def arrives(riverside, inquiry_data):
    """Receive another inquiry and set the columns that determine its order."""

    def arrive(**columns):
        inquiry = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
        Inquiry.objects.filter(pk=inquiry.pk).update(**columns)
        inquiry.refresh_from_db()
        return inquiry

    return arrive
