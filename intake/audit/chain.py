"""Links events into chains: each digest covers the event and the digest before it.

Every process inserts events; none of them waits for another. The staff side's worker links the new ones every few seconds,
one linker at a time. There is one chain a centre, and chain SITE for what concerns no centre.
"""

import datetime as dt
import hashlib
import json
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from intake.models import Centre, Event, Link
from recovery_site.database import roles

SITE = 0
# The digest before the first link of a chain.
BEGINNING = bytes(32)
# Of the serialisation below. A later one must keep this one for the rows that were linked with it.
VERSION = 1
# Rows linked in one transaction: about 50 ms, for which nobody else writes on SQLite.
BATCH = 1000
# Ids are given when a row is written and seen when it is committed, so a round looks again at the newest so many ids.
LOOK_BACK = 1000
# PostgreSQL's advisory lock that a linker holds: any number that nothing else of the site uses.
_LOCK = 0x417564697400
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class EventRow(NamedTuple):
    """The columns of an event, as `rows` reads them."""

    pk: int
    inquiry_id: UUID | None
    centre_id: int | None
    kind: str
    actor_id: int | None
    at: dt.datetime | None  # None when SQLite holds something that is no time
    data: Any


def rows(events: "QuerySet[Event]") -> list[EventRow]:
    """Return the rows of `events`, in their order."""
    return [EventRow(*values) for values in events.values_list(*EventRow._fields)]


def chain_of(centre: Centre | None) -> int:
    """Return the number of the chain of a centre, or of the site."""
    return SITE if centre is None else centre.pk


def digest(before: bytes, chain: int, number: int, row: EventRow) -> bytes:
    """Return the digest of the link `number` of `chain`, given the digest of the link before it."""
    return hashlib.sha256(before + _canonical(chain, number, row)).digest()


def _canonical(chain: int, number: int, row: EventRow) -> bytes:
    """Return the one serialisation of a row: the same from SQLite and PostgreSQL, and in every release (docs/audit.md)."""
    columns = [
        VERSION,
        chain,
        number,
        row.pk,
        row.inquiry_id and row.inquiry_id.hex,
        row.centre_id,
        row.kind,
        row.actor_id,
        row.at and (row.at - _EPOCH) // dt.timedelta(microseconds=1),
        row.data,
    ]
    return json.dumps(columns, sort_keys=True, separators=(",", ":")).encode("ascii")


def newest_link(centre: Centre | None) -> Link | None:
    """Return the newest link of the chain of a centre, or of the site; None if nothing was linked yet. One query."""
    if roles.is_restricted():
        rows = roles.ask("newest_link", chain_of(centre))
        return Link(chain=chain_of(centre), number=rows[0][0], digest=rows[0][1]) if rows else None
    return Link.objects.filter(chain=chain_of(centre)).order_by("-number").first()


def unlinked(*, after: int = 0) -> "QuerySet[Event]":
    """Return the events with an id above `after` that have no link, in the order of their ids."""
    return Event.objects.filter(link=None, pk__gt=after).order_by("pk")


def link_new() -> int:
    """Link at most BATCH of the newest events; return how many were linked. Does nothing while another process links.

    An idle call costs two queries. What a killed process was linking is linked by the next call: a batch is one transaction.
    """
    newest = Link.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return len(_link_batch(max(0, newest - LOOK_BACK)))


def link_all(_now: dt.datetime | None = None) -> dict[str, int]:
    """Link every event that has no link yet, however old its id is (housekeeping); return how many were linked."""
    if not settings.SERVES_STAFF:
        return {}
    total = after = 0
    while linked := _link_batch(after):
        total += len(linked)
        after = linked[-1]
    return {"events_linked": total}


def _link_batch(after: int) -> list[int]:
    """Link at most BATCH events with an id above `after`, the lowest first; return their ids."""
    if not unlinked(after=after).exists():
        return []
    with transaction.atomic():
        if not _is_only_linker():
            return []
        tails: dict[int, tuple[int, bytes]] = {}
        links = []
        for row in rows(unlinked(after=after)[:BATCH]):
            chain = row.centre_id or SITE
            number, before = tails.get(chain) or _tail(chain)
            number += 1
            new = digest(before, chain, number, row)
            links.append(Link(event_id=row.pk, chain=chain, number=number, digest=new))
            tails[chain] = number, new
        Link.objects.bulk_create(links)
    return [link.pk for link in links]


def _is_only_linker() -> bool:
    """Keep other linkers out until the transaction ends; return False if one is at work. SQLite has one writer at a time anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _tail(chain: int) -> tuple[int, bytes]:
    """Return the number and the digest of the newest link of `chain`."""
    last = Link.objects.filter(chain=chain).order_by("-number").values_list("number", "digest").first()
    return (last[0], bytes(last[1])) if last else (0, BEGINNING)


def overdue(now: dt.datetime | None = None, *, since: dt.timedelta = dt.timedelta(hours=1)) -> "QuerySet[Event]":
    """Return the events that were recorded more than `since` ago and have no link: the worker stands still, or they were put in."""
    return unlinked().filter(at__lt=(now or timezone.now()) - since)
