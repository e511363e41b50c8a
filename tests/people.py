"""The named people of the tests, and the two centres they work at. Access tests read as sentences with these names.

Amara and Ben answer inquiries at Riverside and Luisa leads it; Noor answers at Harbor, and Hana leads it. Edith and Emil edit guides,
Ruth and Rafael review them, Ada audits. Olga is the operator. Tom is staff without a centre and without a role.
"""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR
from intake.crypto import keyring
from intake.models import Centre, Membership, OpeningHours

PASSWORD = "a long enough pass"


def person(username: str, name: str, *roles: str, **fields: Any) -> User:
    """Create a staff member with site-wide roles and an e-mail address."""
    fields.setdefault("email", f"{username}@example.org")
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, display_name=name, **fields)
    user.groups.set(Group.objects.get_or_create(name=role)[0] for role in roles)
    return user


def member(username: str, name: str, centre: Centre | None = None, role: str = "", **fields: Any) -> User:
    """Create a staff member of `centre`. They have no e-mail address unless `fields` contains one."""
    user = person(username, name, **{"email": "", **fields})
    if centre is not None:
        Membership.objects.create(user=user, centre=centre, role=role)
    return user


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
def harbor(db, centre_keys):
    """Another centre, with its own key."""
    centre = Centre.objects.create(name="Harbor", slug="harbor", time_zone="America/Chicago")
    keyring.create_centre_key(centre)
    return centre


@pytest.fixture
def open_harbor(harbor):
    """Harbor with all that a centre needs to take inquiries: its lead Hana can be told, and it has opening hours."""
    for weekday in range(5):
        OpeningHours.objects.create(centre=harbor, weekday=weekday, opens=dt.time(9), closes=dt.time(17))
    member("hana", "Hana Holt", harbor, "lead", email="hana@example.org")
    return harbor


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
    """Triage at Harbor; she can see nothing at Riverside."""
    return member("noor", "Noor Haddad", harbor, "triage")


@pytest.fixture
def olga(db):
    """The operator: a superuser who works at no centre."""
    return member("olga", "Olga Berg", is_superuser=True)


@pytest.fixture
def edith(db):
    """An editor of guides."""
    return person("edith", "Edith Moreau", EDITOR)


@pytest.fixture
def emil(db):
    """Another editor."""
    return person("emil", "Emil Estrada", EDITOR)


@pytest.fixture
def ruth(db):
    """A clinical reviewer."""
    return person("ruth", "Ruth Romero", CLINICAL_REVIEWER, credentials="RN")


@pytest.fixture
def rafael(db):
    """Another clinical reviewer, who also edits."""
    return person("rafael", "Rafael Reyes", CLINICAL_REVIEWER, EDITOR, credentials="MD")


@pytest.fixture
def ada(db):
    """An auditor, with read access only."""
    return person("ada", "Ada Abbott", AUDITOR)


@pytest.fixture
def tom(db):
    """Staff without a centre and without a role."""
    return person("tom", "Tom Tran")
