"""A centre that answers, its key, and what a visitor may have typed."""

import datetime as dt
import secrets

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.models import Centre, Inquiry, Membership, OpeningHours
from intake.submission import receive


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


@pytest.fixture
def gateway(settings, receiver):
    """A gateway of text messages, set up as an operator would."""
    receiver.status = 201
    settings.TEXT_GATEWAY_URL, settings.TEXT_FROM = receiver.url, "+12125550100"
    settings.TEXT_GATEWAY_USER, settings.TEXT_GATEWAY_PASSWORD = "account", "pass:word"
    return receiver


# --- The staff of two centres: access tests name them -----------------------------------------------------------


@pytest.fixture
def harbor(db, centre_keys):
    """Another centre, with its own key."""
    centre = Centre.objects.create(name="Harbor", slug="harbor", time_zone="America/Chicago")
    keyring.create_centre_key(centre)
    return centre


def member(username, name, centre=None, role="", **kwargs):
    person = User.objects.create_user(username, password="a long enough pass", display_name=name, is_staff=True, **kwargs)
    if centre is not None:
        Membership.objects.create(user=person, centre=centre, role=role)
    return person


@pytest.fixture
def amara(riverside):
    """Triage at Riverside."""
    return member("amara", "Amara Diallo", riverside, "triage")


@pytest.fixture
def ben(riverside):
    """Triage at Riverside too."""
    return member("ben", "Ben Okafor", riverside, "triage")


@pytest.fixture
def luisa(riverside):
    """Lead of Riverside."""
    return member("luisa", "Luisa Ferreira", riverside, "lead")


@pytest.fixture
def noor(harbor):
    """Triage at Harbor: nothing at Riverside is hers to see."""
    return member("noor", "Noor Haddad", harbor, "triage")


@pytest.fixture
def olga(db):
    """The operator: a superuser who works at no centre."""
    return member("olga", "Olga Berg", is_superuser=True)


@pytest.fixture
def edith(db):
    """An editor of guides who works at no centre."""
    person = member("edith", "Edith Moreau")
    person.groups.add(Group.objects.get(name="editor"))
    return person


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
