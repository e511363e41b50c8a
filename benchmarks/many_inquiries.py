"""A million inquiries, as they would be after years: most of them closed, some open, a few of them urgent."""

import datetime as dt
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from benchmarks.bulk import copies
from intake.cases import blind_index
from intake.cases.inquiry_data import InquiryData
from intake.crypto import keyring
from intake.identifiers import new_id, new_reference
from intake.models import Centre, ContactDigest, Event, Inquiry, KeyWrap, Membership, OpeningHours
from intake.submission import receive

CENTRES = 20
STAFF = 3  # at each centre
SAMPLES = 40  # inquiries that are sealed one by one, so that they can be found and opened
KINDS = (Event.Kind.RECEIVED, Event.Kind.OPENED, Event.Kind.CLAIMED, Event.Kind.ATTEMPTED, Event.Kind.REPLIED)
# Read unequally often.
GUIDES = [f"guide-{number}" for number in range(60)]
COLUMNS = (
    "id", "reference", "submission", "centre_id", "received_at", "answer_by", "priority", "for_whom", "language", "contact_way",
    "guide_slug", "state", "outcome", "first_response_at", "first_contact_at", "attempts_made", "closed_at", "claimed_by_id",
    "next_action_at", "escalated_at",
)  # fmt: skip


def make(count: int) -> None:
    """Make `count` inquiries in 20 centres, each with its wrap, a phone digest and five events; 3 of 100 are open.

    Their payload is the same sealed bytes, which open in none of them; SAMPLES more are real, and named in the file
    "samples" of the data folder with the phone number each can be found by.
    """
    centres = _centres()
    staff = _staff(centres)
    samples = [_sample(number) for number in range(SAMPLES)]
    Path(settings.DATA_DIR, "samples").write_text(json.dumps([(case.reference, phone) for case, phone in samples]))
    original = samples[0][0]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Indexes are built in memory, not on the disk.
            cursor.execute("PRAGMA cache_size=-1500000")
    with transaction.atomic():
        copies(original, COLUMNS, _inquiries(count, [centre.pk for centre in centres], staff))
        _what_belongs_to_them(original)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _centres() -> list[Centre]:
    first = Centre.objects.get()
    more = Centre.objects.bulk_create([Centre(name=f"Centre {number}", slug=f"centre-{number}") for number in range(2, CENTRES + 1)])
    for centre in more:
        keyring.create_centre_key(centre)
        centre.opening_hours.bulk_create(
            OpeningHours(centre=centre, weekday=day.weekday, opens=day.opens, closes=day.closes) for day in first.opening_hours.all()
        )
    lead = User.objects.get(username="demo-lead")
    Membership.objects.bulk_create([Membership(user=lead, centre=centre, role="lead", notify=False) for centre in more])
    return [first, *more]


def _staff(centres: list[Centre]) -> dict[int, list[int]]:
    """Make the people of each centre and return their ids; all have the password of the demo people."""
    # Whoever made the site gave all demo people one password, and these people get it too.
    password = User.objects.get(username="demo-lead").password
    found: dict[int, list[int]] = {}
    for place, centre in enumerate(centres):
        people = User.objects.bulk_create(
            User(username=staff_name(place, number), display_name=f"Person {place}-{number}", password=password, is_staff=True)
            for number in range(STAFF)
        )
        Membership.objects.bulk_create(Membership(user=person, centre=centre, notify=False) for person in people)
        found[centre.pk] = [person.pk for person in people]
    first = found[centres[0].pk]
    first += User.objects.filter(username__in=("demo-triage", "demo-lead")).values_list("pk", flat=True)
    return found


def staff_name(centre: int, number: int) -> str:
    """Return the user name of a member of staff of a centre, both counted from 0."""
    return f"staff-{centre}-{number}"


def _sample(number: int) -> tuple[Inquiry, str]:
    phone = f"212555{number:04d}"
    data = InquiryData(contact_way="phone", name="A name to use", phone=phone, message="I would like to talk to someone about stopping.")
    case = receive.receive(data, form_token=b"sample-%09d" % number).inquiry
    blind_index.index(case, data.payload())
    case.refresh_from_db()
    return case, phone


def _inquiries(count: int, centres: list[int], staff: dict[int, list[int]]) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(5)
    now = dt.datetime.now(dt.UTC)
    minutes = 60 * 24 * 365 * 3
    # Among a million of 40 bits, two are the same in one run of three.
    references: set[str] = set()
    while len(references) < count:
        references.add(new_reference())
    for number in range(count):
        # As they would have arrived: the oldest first.
        received = now - dt.timedelta(minutes=minutes * (count - number) / count)
        centre = centres[chance.randrange(len(centres))]
        owner: int | None = chance.choice(staff[centre])
        answered: dt.datetime | None = received + dt.timedelta(minutes=chance.expovariate(1 / 40))
        reached = received + dt.timedelta(minutes=chance.expovariate(1 / 600)) if chance.random() < 0.8 else None
        closed: dt.datetime | None = received + dt.timedelta(days=3)
        state, outcome, follow_up = "closed", "informed", None
        fate = chance.random()
        if fate < 0.02:
            outcome, reached = "spam", None
        elif fate < 0.97:
            outcome = chance.choice(("admitted", "referred", "informed", "no_contact", "declined"))
        elif fate < 0.98:
            state, outcome, closed, answered, reached, owner = "new", "", None, None, None, None
        elif fate < 0.99:
            state, outcome, closed = "open", "", None
        else:
            state, outcome, closed, follow_up = "waiting", "", None, now + dt.timedelta(minutes=chance.randrange(-3000, 9000))
        yield (
            new_id(),
            references.pop(),
            None,
            centre,
            received,
            received + dt.timedelta(hours=1),
            chance.choices((1, 2, 3), (1, 9, 90))[0],
            chance.choices(("self", "other", "professional"), (60, 35, 5))[0],
            "es" if chance.random() < 0.15 else "en",
            chance.choice(("phone", "text", "email", "mailbox")),
            GUIDES[int(len(GUIDES) * chance.random() ** 3)] if chance.random() < 0.7 else "",
            state,
            outcome,
            answered,
            reached,
            chance.randrange(6),
            closed,
            owner,
            follow_up,
            received if state == "new" else None,
        )


def _what_belongs_to_them(original: Inquiry) -> None:
    """Give each inquiry what it lacks: a wrap, a digest, five events. By the database alone, from the rows it has."""
    wrap = KeyWrap.objects.get(inquiry=original)
    random_bytes = "sha256(id::text::bytea)" if connection.vendor == "postgresql" else "randomblob(32)"
    inquiry, wraps, digests, events = (model._meta.db_table for model in (Inquiry, KeyWrap, ContactDigest, Event))
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {wraps} (inquiry_id, centre_key_id, wrapped) SELECT id, %s, %s FROM {inquiry} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {wraps} AS w WHERE w.inquiry_id = {inquiry}.id)",
            [wrap.centre_key_id, bytes(wrap.wrapped)],
        )
        cursor.execute(
            f"INSERT INTO {digests} (inquiry_id, kind, digest) SELECT id, 'phone', {random_bytes} FROM {inquiry} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {digests} AS d WHERE d.inquiry_id = {inquiry}.id)"
        )
        for kind in KINDS:
            cursor.execute(
                f"INSERT INTO {events} (inquiry_id, kind, actor_id, at, data) "
                f"SELECT id, %s, claimed_by_id, received_at, '{{}}' FROM {inquiry}",
                [kind],
            )
    print(f"  wraps, digests and events: {time.monotonic() - started:.0f} s")
