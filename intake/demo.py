"""A demo centre and its staff, so that a newcomer can try everything at once. None of them is a real person or place."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR
from intake.crypto import keyring
from intake.models import Centre, Membership, OpeningHours

WEEKDAYS, WEEKEND = range(5), range(5, 7)
# Without look-alikes (0 and o, 1 and l): these are typed by hand.
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    """A demo member of staff: how they sign in and what they are there to show."""

    username: str
    display_name: str
    purpose: str
    centre_role: str = ""
    site_role: str = ""
    credentials: str = ""
    superuser: bool = False


PEOPLE = (
    DemoPerson("demo-triage", "Tamsin Reed (demo)", "answers inquiries", centre_role=Membership.Role.TRIAGE),
    DemoPerson("demo-lead", "Leon Abara (demo)", "leads the centre: assigns inquiries, sees all of them", centre_role=Membership.Role.LEAD),
    DemoPerson("demo-editor", "Edda Koch (demo)", "writes guides", site_role=EDITOR),
    DemoPerson(
        "demo-reviewer",
        "Rafael Soto (demo)",
        "reviews guides as a clinician",
        site_role=CLINICAL_REVIEWER,
        credentials="demo, no real clinician",
    ),
    DemoPerson("demo-operator", "Olu Park (demo)", "runs the site: people, centres, settings", superuser=True),
)


def set_up(password: str = "") -> list[tuple[DemoPerson, str]]:
    """Make the demo centre, its key and its staff in one transaction; return each person with their password.

    Everyone gets `password`, or a random one of their own when it is empty. Where a centre or a member of staff exists
    already, nothing is made and the list is empty: this never touches a site that somebody uses.
    """
    with transaction.atomic():
        if Centre.objects.exists() or User.objects.exists():
            return []
        centre = _create_centre()
        keyring.create_centre_key(centre)
        made = []
        for person in PEOPLE:
            own_password = password or "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(5)) for _ in range(3))
            _create_person(person, centre, own_password)
            made.append((person, own_password))
    return made


def _create_centre() -> Centre:
    centre = Centre.objects.create(
        name="Harbor House (demo)",
        slug="harbor-house-demo",
        legal_name="Harbor House, an invented center for trying this site",
        address="1 Example Street, Springfield",
        directions="This center is invented: there is no way to get there.",
        services="Assessment\nMedical detox\nOutpatient treatment\nFamily support",
        phone="555-0100",
        languages=["en", "es"],
        is_default=True,
    )
    hours = [(day, 8, 20) for day in WEEKDAYS] + [(day, 10, 16) for day in WEEKEND]
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=day, opens=dt.time(opens), closes=dt.time(closes)) for day, opens, closes in hours
    )
    return centre


def _create_person(person: DemoPerson, centre: Centre, password: str) -> None:
    user = User.objects.create_user(
        person.username,
        email=f"{person.username}@example.org",
        password=password,
        display_name=person.display_name,
        credentials=person.credentials,
        time_zone=centre.time_zone,
        is_staff=True,
        is_superuser=person.superuser,
    )
    if person.site_role:
        user.groups.add(Group.objects.get(name=person.site_role))
    if person.centre_role:
        Membership.objects.create(user=user, centre=centre, role=person.centre_role)
