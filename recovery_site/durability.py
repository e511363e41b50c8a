"""Commits that need not wait for the disk.

What somebody was told is done must survive a power cut, so a commit waits for the disk. That is by far its slowest part,
and some rows are worth less: a count of tries that lives for minutes, a notification's mark "sent", whose loss sends it
once more. No crash and no kill of a process loses these either: only a power cut does, and then the last fraction of a
second of them, never one that came before another that is there.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.backends.signals import connection_created

from recovery_site.sqlite.base import DatabaseWrapper


@contextlib.contextmanager
def losable() -> Iterator[None]:
    """Run the block in a transaction that doesn't wait for the disk. Inside another transaction it is part of that one."""
    own: Any = connection
    if own.in_atomic_block:
        with transaction.atomic():
            yield
    elif own.vendor == "postgresql":
        with transaction.atomic():
            with own.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
            yield
    else:
        own.losable = True
        try:
            with transaction.atomic():
                yield
        finally:
            own.losable = False


@contextlib.contextmanager
def losable_process() -> Iterator[None]:
    """Let no commit of this process wait for the disk while the block runs: for work that is done again when it is lost.

    Call it before anything else uses the database; inside a transaction (a test's) it changes nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.close()
    DatabaseWrapper.process_is_losable = True
    connection_created.connect(_never_wait)
    try:
        yield
    finally:
        connection_created.disconnect(_never_wait)
        DatabaseWrapper.process_is_losable = False
        connection.close()


def _never_wait(connection: Any, **_signal: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
