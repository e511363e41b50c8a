"""A million inquiries, as they would be after years: most of them closed, some open, a few of them urgent."""

import datetime
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.bulk import copies
from intake import blind_index, keyring, queue, submission
from intake.identifiers import new_id, new_reference
from intake.inquiry_data import InquiryData
from intake.models import Centre, ContactDigest, Event, Inquiry, KeyWrap, Membership

CENTRES = 20
EVENTS = 5  # of each inquiry
PHONE = "555-0142"
KINDS = (Event.Kind.OPENED, Event.Kind.CLAIMED, Event.Kind.ATTEMPTED, Event.Kind.REPLIED)


def make(count: int) -> None:
    """Make `count` inquiries, their wraps, five events each and a phone digest each; 3 of 100 are open."""
    centres = _centres()
    lead = User.objects.get(username="demo-lead")
    Membership.objects.bulk_create([Membership(user=lead, centre=centre, role="lead") for centre in centres[1:]])
    data = InquiryData(contact_way="phone", name="A name to use", phone=PHONE, message="I would like to talk to someone about stopping.")
    real = submission.receive(data, form_token=b"benchmark-token!").inquiry
    blind_index.index(real, data.payload())
    real.refresh_from_db()
    Path(settings.DATA_DIR, "case").write_text(real.reference)
    wrap, event, digest = (
        KeyWrap.objects.get(inquiry=real),
        Event.objects.filter(inquiry=real).first(),
        ContactDigest.objects.get(inquiry=real),
    )
    assert event
    ids = [new_id() for _ in range(count)]
    copies(real, _inquiries(ids, [centre.pk for centre in centres], lead.pk))
    copies(wrap, ({"inquiry_id": one} for one in ids))
    chance = random.Random(3)
    copies(digest, ({"inquiry_id": one, "digest": chance.randbytes(32)} for one in ids))
    copies(event, ({"inquiry_id": one, "kind": kind} for one in ids for kind in (Event.Kind.RECEIVED, *KINDS)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _centres() -> list[Centre]:
    first = Centre.objects.get()
    more = Centre.objects.bulk_create([Centre(name=f"Centre {number}", slug=f"centre-{number}") for number in range(2, CENTRES + 1)])
    for centre in more:
        keyring.create_centre_key(centre)
    return [first, *more]


def _inquiries(ids: list[Any], centres: list[int], owner: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(5)
    now = datetime.datetime.now(datetime.UTC)
    for number, one in enumerate(ids):
        received = now - datetime.timedelta(minutes=chance.randrange(60 * 24 * 365 * 3))
        row: dict[str, Any] = {
            "id": one,
            "reference": new_reference(),
            "submission": None,
            "centre_id": centres[number % len(centres)],
            "received_at": received,
            "answer_by": received + datetime.timedelta(hours=1),
            "priority": chance.choices((1, 2, 3), (1, 9, 90))[0],
            "for_whom": chance.choices(("self", "other", "professional"), (60, 35, 5))[0],
            "language": chance.choices(("en", "es"), (85, 15))[0],
            "contact_way": chance.choice(("phone", "text", "email", "mailbox")),
        }
        fate = chance.random()
        if fate < 0.97:
            closed = received + datetime.timedelta(days=3)
            row |= {"state": "closed", "outcome": "spam" if fate < 0.02 else "informed", "closed_at": closed, "first_response_at": received}
        elif fate < 0.98:
            row |= {"state": "new", "claimed_by_id": None}
        elif fate < 0.99:
            row |= {"state": "open", "claimed_by_id": owner, "first_response_at": received}
        else:
            row |= {"state": "waiting", "claimed_by_id": owner, "first_response_at": received, "next_action_at": now}
        yield row


def explain_queue() -> None:
    """Print each query behind the queue of a lead of all centres that reads a whole table; say so when there is none."""
    lead = User.objects.get(username="demo-lead")
    with CaptureQueriesContext(connection) as captured:
        for view in queue.VIEWS.values():
            queue.page(lead, view)
        queue.page(lead, filters={"priority": "1"})
        queue.counts(lead)
    scans = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + query["sql"])
            for line in cursor.fetchall():
                text = str(line[-1])
                whole = "Seq Scan on intake_inquiry" in text or text.startswith("SCAN intake_inquiry")
                if whole and "USING" not in text:
                    scans.append(text.strip())
    print(
        f"  {len(captured.captured_queries)} queries over {Inquiry.objects.count()} inquiries; reads of the whole table: {scans or 'none'}"
    )
