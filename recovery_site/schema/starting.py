"""What each long-running command asks before it begins, however it was started."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from recovery_site.schema import locks, state


def refuse_another_schema() -> None:
    """Wait for a migration that is running, then raise ImproperlyConfigured with one sentence if the database isn't of this release.

    A newer database is no reason as long as it says that this release works with it, so that what is killed during an upgrade starts
    again. A database that can't be reached is none, either: it may come back.
    """
    try:
        locks.wait_for_migration(connection, lambda words: sys.stderr.write(f"{words}\n"))
        found = state.difference()
    except (DatabaseError, OSError):
        return
    finally:
        connection.close()
    if found and found.blocks:
        raise ImproperlyConfigured(f"Not started. {found.sentence} {found.mend}")
