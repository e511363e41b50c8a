"""One process at a time, of all machines, does what would be waste to do twice."""

import zlib

from django.db import connection


def is_chosen(name: str) -> bool:
    """Return whether this process is the one that does `name` now, of all that ask. One query; always True on SQLite, one machine.

    PostgreSQL keeps the choice with the connection: when the process, its machine or its network is gone, the next that asks is chosen.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        # Locks of one connection are counted, and end with it.
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_number("recovery_site.alone"), _number(name)])
        return bool(cursor.fetchone()[0])


def _number(text: str) -> int:
    return zlib.crc32(text.encode()) & 0x7FFFFFFF
