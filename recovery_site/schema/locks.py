"""One migration at a time, on whatever machine; who starts meanwhile waits.

On PostgreSQL an advisory lock of the database, on SQLite a lock on a file beside it. Both end with the process that holds them, so
nothing stays locked after a kill.
"""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

KEY = 0x7265_636F_7665_7279  # "recovery", of pg_advisory_lock
SUFFIX = ".migrating"
WAITING = "A migration is running elsewhere: waiting until it ends."
Say = Callable[[str], object]


@contextlib.contextmanager
def migrating(connection: BaseDatabaseWrapper, say: Say) -> Iterator[None]:
    """Keep other migrations and starts away. Waits for its turn, and says so."""
    with _held(connection, say, shared=False):
        yield


def wait_for_migration(connection: BaseDatabaseWrapper, say: Say) -> None:
    """Return when no migration is running. Raises DatabaseError when the database can't be asked."""
    with _held(connection, say, shared=True):
        pass


@contextlib.contextmanager
def _held(connection: BaseDatabaseWrapper, say: Say, *, shared: bool) -> Iterator[None]:
    if connection.vendor == "postgresql":
        suffix = "_shared" if shared else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_try_advisory_lock{suffix}(%s)", [KEY])
            if not cursor.fetchone()[0]:
                say(WAITING)
                cursor.execute(f"SELECT pg_advisory_lock{suffix}(%s)", [KEY])
        try:
            yield
        finally:
            if connection.connection is not None:  # it ended with a connection that was lost
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT pg_advisory_unlock{suffix}(%s)", [KEY])
        return
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        yield
        return
    # Not the database's own file: closing it would end SQLite's locks on it.
    path = Path(name + SUFFIX)
    if shared and not path.exists():  # nobody ever migrated it here, or its folder isn't ours
        yield
        return
    with path.open("a") as file:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError:
            say(WAITING)
            fcntl.flock(file, kind)
        yield
