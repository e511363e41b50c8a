"""Verifies the chains: reads every row once and names what was altered, removed, put in or put into another order."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from django.db import DatabaseError, connection

from intake.audit import chain, signing
from intake.audit.chain import EventRow
from intake.audit.signing import Head
from intake.models import Centre, Event, Link, SignedHead

BATCH = 5000  # rows read at once
# How long before a head an event may say that it happened that was linked after it: longer than any transaction.
LATE = dt.timedelta(hours=1)
PROTECTED = (Event, Link, SignedHead)


class What(Enum):
    """What was found."""

    ALTERED = "altered, or moved from its place"
    REMOVED = "removed"
    GAP = "removed together with its link"
    TAIL = "removed from the end: they were signed, and are missing"
    REWRITTEN = "not what was signed: the chain was computed again, or its rows were put into another order"
    INSERTED = "put in later than it says"
    BAD_SIGNATURE = "a signature that is not that of the audit key"
    HEAD_REMOVED = "a signed head that was removed from the database"
    UNLINKED = "not linked for more than an hour: the worker stands still, or somebody put the row in"
    STRAY = "linked to a chain of no centre"
    UNPROTECTED = "no longer protected by the database: its triggers are missing"


@dataclass(frozen=True)
class Finding:
    """What was found at the links `first` to `last` of a chain, or at an event without a link. `at` is the time that the event says."""

    what: What
    chain: int | None = None
    first: int | None = None
    last: int | None = None
    event: int | None = None
    at: dt.datetime | None = None
    table: str = ""

    def __str__(self) -> str:
        places = []
        if self.table:
            places.append(self.table)
        if self.chain is not None:
            places.append("the site's chain" if self.chain == chain.SITE else f"the chain of centre {self.chain}")
        if self.first is not None:
            places.append(f"link {self.first}" if self.last in (None, self.first) else f"links {self.first} to {self.last}")
        if self.event is not None:
            places.append(f"event {self.event}")
        if self.at is not None:
            places.append(f"{self.at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC")
        return f"{', '.join(places)}: {self.what.value}"


@dataclass
class Verified:
    """What verify read and found."""

    rows: int = 0
    heads: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(
    chains: Collection[int] | None = None,
    *,
    heads: Iterable[Head] = (),
    keys: Collection[bytes] = (),
    since: dt.datetime | None = None,
) -> Verified:
    """Verify the given chains, by default all, and what is not linked; return what was found.

    `heads` are signed heads kept elsewhere; those of the database are verified as well. `keys` are the public keys (32 bytes) that may
    have signed. With `since`, each chain is read from the last head before that moment on. Reads BATCH rows at a time.
    """
    result = Verified()
    known = {chain.SITE, *Centre.objects.values_list("pk", flat=True)}
    kept: dict[int, list[Head]] = {}
    for head in heads:
        kept.setdefault(head.chain, []).append(head)
    trusted = {signing.key_id(key): key for key in keys}
    for one in sorted(known | kept.keys() if chains is None else chains):
        stored = {signing.of_row(row) for row in SignedHead.objects.filter(chain=one)}
        removed = sorted(set(kept.get(one, [])) - stored)
        result.findings += [Finding(What.HEAD_REMOVED, one, head.number, at=head.signed_at) for head in removed]
        _Chain(one, sorted({*stored, *removed}), trusted, result).verify(since)
    result.findings += [Finding(What.UNPROTECTED, table=table) for table in unprotected()]
    for pk, at in chain.overdue().values_list("pk", "at")[:BATCH]:
        result.findings.append(Finding(What.UNLINKED, event=pk, at=at))
    if chains is None:
        for link in Link.objects.exclude(chain__in=known)[:BATCH]:
            result.findings.append(Finding(What.STRAY, link.chain, link.number, event=link.event_id))
    return result


class _Chain:
    """Reads one chain in order."""

    def __init__(self, number: int, heads: list[Head], keys: dict[str, bytes], result: Verified) -> None:
        self.chain, self.keys, self.result = number, keys, result
        self.heads = [head for head in heads if self._is_signed(head)]

    def _is_signed(self, head: Head) -> bool:
        self.result.heads += 1
        key = self.keys.get(head.key)
        if key is not None and head.is_signed_by(key):
            return True
        self._add(What.BAD_SIGNATURE, head.number, at=head.signed_at)
        return False

    def _add(self, what: What, first: int, last: int | None = None, *, row: EventRow | None = None, at: dt.datetime | None = None) -> None:
        self.result.findings.append(Finding(what, self.chain, first, last, row and row.pk, row.at if row else at))

    def verify(self, since: dt.datetime | None) -> None:
        """Add what is found to the result."""
        heads = self.heads
        start = max((head.number for head in heads if since and head.signed_at < since), default=0)
        heads = [head for head in heads if head.number >= start]
        signed: dict[int, list[Head]] = {}
        for head in heads:
            signed.setdefault(head.number, []).append(head)
        # The digest of the link before; None where it isn't known, so that the next one can't be computed.
        before: bytes | None = None if start else chain.BEGINNING
        expected, vouched, newest_head = max(start, 1), max(start - 1, 0), None
        for number, pk, digest, events in self._links(expected):
            row = events.get(pk)
            if number != expected:
                self._add(What.GAP, expected, number - 1)
                before = None
            self.result.rows += 1
            if row is None:
                what = What.ALTERED if pk in events else What.REMOVED
                self.result.findings.append(Finding(what, self.chain, number, event=pk))
            elif before is not None and chain.digest(before, self.chain, number, row) != digest:
                self._add(What.ALTERED, number, row=row)
            elif newest_head is not None and row.at is not None and row.at < newest_head - LATE:
                self._add(What.INSERTED, number, row=row)
            for head in signed.pop(number, ()):
                if head.digest == digest:
                    vouched, newest_head = number, head.signed_at
                else:
                    self._add(What.REWRITTEN, vouched + 1, number, at=head.signed_at)
            before, expected = digest, number + 1
        missing = [head for heads in signed.values() for head in heads if head.number >= expected]
        if missing:
            last = max(missing)
            self._add(What.TAIL, expected, last.number, at=last.signed_at)

    def _links(self, start: int) -> Iterator[tuple[int, int, bytes, dict[int, EventRow | None]]]:
        """Yield (number, id of the event, digest, events by id) from link `start` on."""
        while True:
            links = list(
                Link.objects.filter(chain=self.chain, number__gte=start)
                .order_by("number")
                .values_list("number", "event_id", "digest")[:BATCH]
            )
            events = _events([pk for _number, pk, _digest in links])
            for number, pk, digest in links:
                yield number, pk, bytes(digest), events
            if len(links) < BATCH:
                return
            start = links[-1][0] + 1


def _events(keys: list[int]) -> dict[int, EventRow | None]:
    """Return events by id; None for one that holds what no column of its kind can hold."""
    if not keys:
        return {}
    try:
        return {row.pk: row for row in chain.rows(Event.objects.filter(pk__in=keys).order_by())}
    except (ValueError, TypeError, DatabaseError):
        if len(keys) == 1:
            return {keys[0]: None}
        middle = len(keys) // 2
        return {**_events(keys[:middle]), **_events(keys[middle:])}


def unprotected() -> list[str]:
    """Return the tables whose triggers are missing or switched off."""
    if connection.vendor == "postgresql":
        needed = 2
        statement = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
    else:
        needed = 3
        statement = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND sql LIKE '%%RAISE(%%'"
    missing = []
    with connection.cursor() as cursor:
        for model in PROTECTED:
            cursor.execute(statement, [model._meta.db_table])
            if cursor.fetchone()[0] < needed:
                missing.append(model._meta.db_table)
    return missing
