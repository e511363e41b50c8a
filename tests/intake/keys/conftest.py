"""Cases at Riverside that are sealed to its key."""

import secrets

import pytest

from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring, sealing
from intake.models import KeyWrap
from intake.submission import receive


def send(message="Help me stop", **fields):
    return receive.receive(InquiryData(message=message, **fields), form_token=secrets.token_bytes(16)).inquiry


def words_of(inquiry):
    """What the visitor wrote, opened with the key of the centre that the case is wrapped to now."""
    wrap = KeyWrap.objects.exclude(centre_key=None).get(inquiry=inquiry)
    case_key = sealing.unwrap_with_private_key(wrap.wrapped, inquiry.pk, keyring.private_key(wrap.centre_key))
    inquiry.refresh_from_db()
    return sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key)["message"]


@pytest.fixture
def cases(riverside):
    return [send(f"Help number {number}") for number in range(5)]


@pytest.fixture
def identity_file(settings, tmp_path):
    """A place in memory for what unlocks the keys, apart from the data folder."""
    settings.KEYS_IDENTITY_FILE = tmp_path / "memory" / "keys_identity"
    return settings.KEYS_IDENTITY_FILE
