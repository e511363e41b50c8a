"""A fictional centre with staff, for trying out the site."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import CLINICAL_REVIEWER, EDITOR
from intake.crypto import keyring
from intake.memberships import first_leads
from intake.models import Availability, Centre, CentreTranslation, Membership, OpeningHours
from intake.retention import policy

# Everything is invented, and says so: nobody must take it for a place that could help.
TEXTS = {
    "services": "Assessment\nMedical detox\nOutpatient treatment\nFamily support",
    "takes": "Adults from 18 on\nPregnant people, who come first\nPeople who take methadone or buprenorphine",
    "takes_not": "Someone in danger right now: call 911\nChildren and teenagers: we help to find a place for them",
    "paying": "You can come without insurance and without money. We look together at what is possible.",
    "to_bring": "An identity card, if you have one\nYour insurance card, if you have one\nThe medicines that you take, in their boxes",
    "directions": "This center is invented: there is no way to get there.",
    "transport": "Invented: bus 4 stops in front of the door. Parking is free. If you have no way to come, call, and we fetch you.",
    "about": "Harbor House exists only in this demo. Nobody works there.",
    "people": "Tamsin Reed (demo), intake counselor\nLeon Abara (demo), leads the team\nRafael Soto (demo), no real clinician",
    "licences": "None: an invented center has no license. A real one shows here what it has, from whom, and the number.",
}
SPANISH_TEXTS = {
    "services": "Evaluación\nDesintoxicación con atención médica\nTratamiento ambulatorio\nApoyo para la familia",
    "takes": "Personas adultas desde los 18 años\nPersonas embarazadas, que pasan primero\nPersonas que toman metadona o buprenorfina",
    "takes_not": "Quien está en peligro ahora mismo: llame al 911\nMenores de edad: ayudamos a encontrarles un lugar",
    "paying": "Puede venir sin seguro y sin dinero. Vemos con usted qué es posible.",
    "to_bring": "Una identificación, si la tiene\nSu tarjeta del seguro, si la tiene\nLos medicamentos que toma, en sus cajas",
    "directions": "Este centro es inventado: no hay manera de llegar.",
    "transport": "Inventado: el autobús 4 para frente a la puerta. Estacionar es gratis. Si no tiene cómo venir, llame y le recogemos.",
    "about": "Harbor House existe solo en esta demostración. Nadie trabaja allí.",
    "people": "Tamsin Reed (demo), orientación de ingreso\nLeon Abara (demo), coordina el equipo\n"
    "Rafael Soto (demo), no es profesional real",
    "licences": "Ninguna: un centro inventado no tiene licencia. Uno real muestra aquí lo que tiene, de quién y el número.",
}
WEEKDAYS, WEEKEND = range(5), range(5, 7)
# Without look-alikes (0 and o, 1 and l), because these passwords are typed by hand.
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105


@dataclass(frozen=True)
class DemoPerson:
    """A demo staff member: user name, roles, and what the account is meant to show."""

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
    """Create the demo centre, its key and its staff in one transaction; return each person with their password.

    Everyone gets `password`, or a random password each when it is empty. If any centre or user exists already, nothing
    is created and the list is empty, so that this never changes a site in use.
    """
    with transaction.atomic():
        if Centre.objects.exists() or User.objects.exists():
            return []
        centre = _create_centre()
        keyring.create_centre_key(centre)
        accounts = []
        for person in PEOPLE:
            person_password = password or new_password()
            create_person(person, centre, person_password)
            accounts.append((person, person_password))
        for level, state in (("detox", Availability.State.TODAY), ("outpatient", Availability.State.WEEK)):
            said_by = User.objects.get(username="demo-triage")
            Availability.objects.create(centre=centre, level=level, state=state, said_at=timezone.now(), said_by=said_by)
    return accounts


def new_password() -> str:
    """Return a random password of three groups of letters and digits."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(5)) for _ in range(3))


def _create_centre() -> Centre:
    centre = Centre.objects.create(
        name="Harbor House (demo)",
        slug="harbor-house-demo",
        legal_name="Harbor House (demo)",
        address="1 Example Street, Springfield",
        phone="(202) 555-0100",  # a number that is kept for stories
        languages=["en", "es"],
        payments=["medicaid", "private", "self_pay", "sliding_scale", "free"],
        levels=["detox", "outpatient"],
        is_default=True,
        **TEXTS,
    )
    CentreTranslation.objects.create(centre=centre, language="es", **SPANISH_TEXTS)
    hours = [(day, 8, 20) for day in WEEKDAYS] + [(day, 10, 16) for day in WEEKEND]
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=centre, weekday=day, opens=dt.time(opens), closes=dt.time(closes)) for day, opens, closes in hours
    )
    policy.use_recommended(centre, by="system")
    return centre


def create_person(person: DemoPerson, centre: Centre, password: str) -> None:
    """Create a member of staff with their roles at `centre`."""
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
        first_leads.add_demo_member(centre, user=user, role=person.centre_role)
