"""What a visitor brings: the hashes by which the database shows the visitors' half one inquiry, one draft, and no other.

A hash (32 bytes) is that of a receipt, a form, an open mailbox or a link. They are given to the connection and not to a transaction,
because a page commits in several: what a visitor is told is stored must be on the disk before the page is built.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from django.db import DatabaseError, InterfaceError, connection

from recovery_site.database import roles

_brought: ContextVar[frozenset[bytes]] = ContextVar("brought", default=frozenset())


@contextmanager
def brought(*hashes: bytes) -> Iterator[None]:
    """Open the rows of `hashes` to the queries inside. Two short queries on the visitors' half with PostgreSQL, nothing elsewhere."""
    if not roles.is_restricted():
        yield
        return
    before = _brought.get()
    mark = _brought.set(before | frozenset(hashes))
    try:
        give_again()
        yield
    finally:
        _brought.reset(mark)
        # In a transaction that failed no query is possible; undoing it takes back what was given inside. And where the database is away
        # the connection is gone with it: that mustn't turn an answer that is ready into an error.
        if connection.connection is not None and not connection.needs_rollback:
            with suppress(DatabaseError, InterfaceError):
                _give(before)


def give_again() -> None:
    """Give a new connection what the visitor brought."""
    if roles.is_restricted():
        _give(_brought.get())


def _give(hashes: frozenset[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('recovery.tokens', %s, false)", [",".join(sorted(one.hex() for one in hashes))])
