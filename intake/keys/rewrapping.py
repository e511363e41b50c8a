"""Wraps case keys to another public key while the site serves: in batches, with several processes, and again after a kill.

Each batch is one short transaction, and a row says by itself whether it was done: a run that is killed is continued by the next.
"""

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Model, QuerySet

from intake.crypto import rewrapping
from intake.models import CentreKey, KeyWrap, ShiftNote, StaffDraft

# Rows of one transaction: on SQLite everybody else waits with writing meanwhile, some hundredths of a second.
BATCH = 200
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Table:
    """A table with keys that are wrapped to a centre's key. `record` is the column whose value a wrapped key is bound to."""

    model: type[Model]
    record: str

    def wrapped_to(self, keys: Iterable[int]) -> QuerySet[Any]:
        """Return the rows that are wrapped to one of `keys`, by primary key."""
        rows: QuerySet[Any] = self.model._default_manager.filter(centre_key__in=list(keys)).exclude(wrapped=b"").order_by("pk")
        return rows


CASES = Table(KeyWrap, "inquiry_id")
TABLES = (CASES, Table(ShiftNote, "pk"), Table(StaffDraft, "pk"))


@dataclass(frozen=True)
class Row:
    """A wrapped key. `number` is the private key that opens `blob`: a centre key's, or 0 for the recovery key."""

    pk: Any
    record: UUID
    number: int
    blob: bytes


def counts() -> Counter[int]:
    """Return how many keys of cases, notes and drafts are wrapped to each centre key. Three queries."""
    found: Counter[int] = Counter()
    for table in TABLES:
        rows = table.model._default_manager.exclude(wrapped=b"").exclude(centre_key=None)
        found.update(dict(rows.order_by().values_list("centre_key").annotate(count=Count("pk"))))
    return found


def to_key(new: CentreKey, private_keys: Mapping[int, bytes], *, jobs: int, progress: Progress) -> int:
    """Wrap everything that is wrapped to one of `private_keys` (by number of the centre key) to `new`; return how many didn't open."""
    broken = 0
    for table in TABLES:
        read = partial(rows, table.wrapped_to(private_keys), table.record)
        store = partial(store_for_key, table, new)
        broken += run(read, store, private_keys, bytes(new.public_key), jobs=jobs, progress=progress)
    return broken


def run(  # noqa: PLR0913 (named ones)
    read: Callable[[], Iterable[Row]],
    store: Callable[[list[tuple[Row, bytes]]], None],
    private_keys: Mapping[int, bytes],
    public_key: bytes,
    *,
    jobs: int,
    progress: Progress,
) -> int:
    """Wrap the keys of the rows that `read` yields to `public_key` and `store` them by batches; return how many didn't open."""
    broken = 0

    def take(batch: list[Row], future: "Future[list[bytes | None]]") -> None:
        nonlocal broken
        done = [(row, wrapped) for row, wrapped in zip(batch, future.result(), strict=True) if wrapped is not None]
        broken += len(batch) - len(done)
        with transaction.atomic():
            store(done)
        progress(len(batch))

    # At most so many batches are read before they are stored: memory stays small, and no process waits for another.
    waiting: deque[tuple[list[Row], Future[list[bytes | None]]]] = deque()
    with _executor(jobs) as executor:
        for batch in _batches(read()):
            plain = [(row.record, row.number, row.blob) for row in batch]
            waiting.append((batch, executor.submit(rewrapping.rewrap, plain, private_keys, public_key)))
            if len(waiting) > 2 * jobs:
                take(*waiting.popleft())
        while waiting:
            take(*waiting.popleft())
    return broken


def _executor(jobs: int) -> Executor:
    if jobs == 1:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), rewrapping.end_with, (os.getpid(),))


def rows(of: QuerySet[Any], record: str) -> Iterator[Row]:
    """Yield the rows by primary key, a batch at a time: no cursor stays open over the transactions that store them."""
    columns = of.values_list("pk", record, "centre_key_id", "wrapped")
    batch = list(columns[:BATCH])
    while batch:
        yield from (Row(pk, bound_to, number, bytes(blob)) for pk, bound_to, number, blob in batch)
        batch = list(columns.filter(pk__gt=batch[-1][0])[:BATCH])


def _batches(wrapped: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in wrapped:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def store_for_key(table: Table, new: CentreKey, done: list[tuple[Row, bytes]]) -> None:
    """Store the wrapped keys of rows that still are as they were read. A case that was handed over meanwhile is left alone."""
    if table is CASES:
        # Handed over and back meanwhile: the row that is there already is the right one.
        inquiries = [row.record for row, _wrapped in done]
        has_new = KeyWrap.objects.filter(centre_key=new, inquiry__in=inquiries).values_list("inquiry", flat=True)
        KeyWrap.objects.filter(pk__in=[row.pk for row, _wrapped in done], inquiry__in=list(has_new)).delete()
    _update(table.model, new, done)


def _update(model: type[Model], new: CentreKey, done: list[tuple[Row, bytes]]) -> None:
    meta: Any = model._meta
    pk, wrapped, centre_key = meta.pk, meta.get_field("wrapped"), meta.get_field("centre_key")
    name = connection.ops.quote_name
    statement = (
        f"UPDATE {name(meta.db_table)} SET {name('wrapped')} = %s, {name(centre_key.column)} = %s "  # noqa: S608 (names of columns)
        f"WHERE {name(pk.column)} = %s AND {name(centre_key.column)} <> %s"
    )
    values = [(wrapped.get_db_prep_save(blob, connection), new.pk, pk.get_db_prep_value(row.pk, connection), new.pk) for row, blob in done]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
