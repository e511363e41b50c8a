"""Removing erased bytes from the files of the database, where SQL only says that they are no longer needed.

SQLite overwrites them in the database's file (PRAGMA secure_delete), but copies lie in the write-ahead log until that is emptied.
PostgreSQL leaves them in the pages of the table until it is written again.
"""

import datetime as dt
import time

from django.apps import apps
from django.db import OperationalError, connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from recovery_site.periodic import NotHere

# Fields that hold what only a key opens, or a key.
SEALED_FIELDS = {"sealed", "wrapped"}
# Milliseconds that an emptying of the log waits for readers. Writers wait as long at most.
BUSY_TIMEOUT = 1000
TRIES = 5
SECONDS_BETWEEN_TRIES = 1.0
# Minutes between two rewritings of one table of PostgreSQL.
REWRITE_EVERY = 60
# Bytes of a table, without its indexes, above which it isn't locked for a rewriting.
LARGEST_REWRITTEN = 64 * 1024 * 1024
LOCK_TIMEOUT = 1000  # milliseconds that everybody else waits while the rewriting waits for its turn


def overwrite(now: dt.datetime) -> dict[str, int]:
    """Remove the bytes of what was erased from the files of the database (periodic job); return what was done.

    Runs whether or not something is known to be erased: withdrawing, retention, a reply taken back, a draft sent and an expired
    mailbox session all leave bytes behind. Does nothing inside a transaction. Raises NotHere when tables belong to another account, after
    it has rewritten its own.
    """
    if connection.in_atomic_block:
        return {}
    if connection.vendor == "sqlite":
        return {"logs_not_emptied": 0 if empty_log(connection) else 1}
    if connection.vendor == "postgresql":
        rewritten = rewrite_tables(connection)
        if left := tables_of_others(connection):
            raise NotHere(
                f"Erased words stay in PostgreSQL's files: the account {left[0][1]} owns {', '.join(table for table, _owner in left[:3])}"
                f"{' and others' if len(left) > 3 else ''}, and {account(connection)} may not rewrite them. Give this the owner's "
                "DATABASE_URL, in /etc/recovery/owner (docs/several-machines.md)."
            )
        return {"tables_rewritten": rewritten}
    return {}


def empty_log(database: BaseDatabaseWrapper, *, tries: int = TRIES, pause: float = SECONDS_BETWEEN_TRIES) -> bool:
    """Write the log of an SQLite database into its file and cut it to nothing; return whether that succeeded.

    It fails while another connection reads an older state. The next run of housekeeping then tries again.
    """
    with database.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [before] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        try:
            for number in range(tries):
                if number:
                    time.sleep(pause)
                try:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    busy, _pages, _moved = cursor.fetchone()
                except OperationalError:  # "database table is locked": a statement of this connection is still open
                    busy = 1
                if not busy:
                    return True
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
    return False


def sealed_models() -> list[type[models.Model]]:
    """Return the models that hold sealed content or keys."""
    return [model for model in apps.get_models() if SEALED_FIELDS & {field.name for field in model._meta.fields}]


def account(database: BaseDatabaseWrapper) -> str:
    """Return the account by which PostgreSQL is asked."""
    with database.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [name] = cursor.fetchone()
    return str(name)


def tables_of_others(database: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Return (table, owner) of the tables with sealed content that this account may not rewrite. One query."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, pg_get_userbyid(relowner) FROM pg_class
            WHERE oid IN (SELECT relid FROM pg_stat_user_tables) AND relname = ANY(%s) AND NOT pg_has_role(relowner, 'USAGE')
            ORDER BY relname
            """,
            [sorted(model._meta.db_table for model in sealed_models())],
        )
        return [(str(table), str(owner)) for table, owner in cursor.fetchall()]


def rewrite_tables(database: BaseDatabaseWrapper) -> int:
    """Write each table with sealed content to a new file, without what was deleted (VACUUM FULL); return how many.

    Plain VACUUM gives the space of deleted rows free and leaves their bytes there. Left out are tables in which nothing was changed or
    deleted since the last time, those that were rewritten within REWRITE_EVERY minutes, that belong to another role, or that others
    use just now: a later run looks again. One larger than LARGEST_REWRITTEN only gets a plain VACUUM. One query, and three a table.
    """
    with database.cursor() as cursor:
        # ANALYZE is part of the rewriting, so that its time stands in the statistics.
        cursor.execute(
            """
            SELECT s.relname, pg_relation_size(s.relid) + COALESCE(pg_relation_size(NULLIF(c.reltoastrelid, 0)), 0)
            FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
            WHERE s.relname = ANY(%s) AND pg_has_role(c.relowner, 'USAGE') AND s.n_tup_upd + s.n_tup_del > 0
            AND (s.last_analyze IS NULL OR s.last_analyze < now() - make_interval(mins => %s)
                AND (s.n_mod_since_analyze > 0 OR s.last_autoanalyze > s.last_analyze))
            """,
            [sorted(model._meta.db_table for model in sealed_models()), REWRITE_EVERY],
        )
        rows = cursor.fetchall()
        rewritten = 0
        for table, size in rows:
            quoted = database.ops.quote_name(table)
            if size > LARGEST_REWRITTEN:
                cursor.execute(f"VACUUM {quoted}")
                continue
            cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT}")
            try:
                cursor.execute(f"VACUUM (FULL, ANALYZE) {quoted}")
            except OperationalError:
                continue
            finally:
                cursor.execute("RESET lock_timeout")
            rewritten += 1
    return rewritten
