"""A centre that answers, its key, and what a visitor may have typed."""

import datetime as dt

import pytest

from intake import keyring
from intake.inquiry_data import InquiryData
from intake.models import Centre, OpeningHours


@pytest.fixture
def centre_keys(settings, tmp_path):
    settings.CENTRE_KEYS_DIR = tmp_path / "centre-keys"
    return settings.CENTRE_KEYS_DIR


@pytest.fixture
def riverside(db, centre_keys):
    """The default centre: New York, open on weekdays from 9 to 17."""
    centre = Centre.objects.create(name="Riverside", slug="riverside", is_default=True, time_zone="America/New_York")
    for weekday in range(5):
        OpeningHours.objects.create(centre=centre, weekday=weekday, opens=dt.time(9), closes=dt.time(17))
    keyring.create_centre_key(centre)
    return centre


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
