"""Django's SQLite backend, with a line of writers and with the wait for the disk outside of the database's lock.

Two things differ from Django's own, both for several processes that write to one file:

* Who wants to write waits in line (recovery_site.sqlite.line) instead of trying again and again.
* A transaction gives SQLite's one write lock back before it waits for the disk, and then waits: nothing goes on after a
  commit until the write-ahead log, with that commit in it, is on the disk. Whoever waits meanwhile shares the same write
  to the disk. docs/decisions/0023 says why this loses nothing.

A statement outside of a transaction is left to SQLite, which waits for the disk itself (synchronous=FULL).
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from recovery_site.sqlite.line import Line

# Seconds between two looks of the first in line; a transaction takes a few thousandths of a second.
LOOK_AGAIN = 0.0005
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


# The stubs leave out the methods that a backend is made of: hence the remarks for mypy below.
class DatabaseWrapper(base.DatabaseWrapper):
    """One connection. See recovery_site.durability for what is losable."""

    process_is_losable = False
    losable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._line: Line | None = None
        self._log_path = ""
        self._log = -1
        self.patience = 5.0  # seconds that a writer waits at most, at first as many as Python's own

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        self.patience = float(conn_params.get("timeout", self.patience))
        [mode] = connection.execute("PRAGMA journal_mode").fetchone()
        # A database in memory has no log, and some file systems refuse it: then SQLite does everything as it always does.
        if mode == "wal":
            path = str(conn_params["database"])
            self._line, self._log_path = Line(Path(f"{path}-line")), f"{path}-wal"
            if self.process_is_losable:
                connection.execute("PRAGMA synchronous = NORMAL")
                # Who has time puts the log into the database, before it is long enough for somebody else to have to.
                connection.execute("PRAGMA wal_autocheckpoint = 1000")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=lambda connection: Cursor(connection, self._line))

    def _start_transaction_under_autocommit(self) -> None:
        if self._line is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        until = time.monotonic() + self.patience
        self._pragma("synchronous = NORMAL")
        try:
            with self._line.first():
                self._begin(until)
        except BaseException:
            self._let_statements_wait_for_the_disk()
            raise

    def _begin(self, until: float) -> None:
        # SQLite would sleep for up to a tenth of a second between two looks; the first in line looks more often.
        self._pragma("busy_timeout = 0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]
                except OperationalError as error:
                    if not _is_busy(error) or time.monotonic() >= until:
                        raise
                else:
                    return
                time.sleep(LOOK_AGAIN)
        finally:
            self._pragma(f"busy_timeout = {int(self.patience * 1000)}")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        if self._line is not None:
            self._let_statements_wait_for_the_disk()
            if not self.losable and not self.process_is_losable:
                self.settle()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        if self._line is not None:
            self._let_statements_wait_for_the_disk()

    def _let_statements_wait_for_the_disk(self) -> None:
        if not self.process_is_losable:
            self._pragma("synchronous = FULL")

    def _pragma(self, what: str) -> None:
        with self.wrap_database_errors:
            self.connection.execute(f"PRAGMA {what}")

    def settle(self) -> None:
        """Return when every commit that this connection made or saw is on the disk; raise OperationalError if it can't be."""
        try:
            if self._log < 0:
                # SQLite removes the file only with the last connection: while ours is open, this one stays the right one.
                self._log = os.open(self._log_path, os.O_RDONLY)
            os.fdatasync(self._log)
        except OSError as error:
            raise OperationalError(f"disk I/O error: {error.strerror}") from error

    def _close(self) -> None:
        if self._log >= 0:
            os.close(self._log)
            self._log = -1
        if self._line is not None:
            self._line.leave()
            self._line = None
        super()._close()  # type: ignore[misc]


def _is_busy(error: OperationalError) -> bool:
    # The low byte is the code proper (sqlite.org/rescode.html).
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose writes outside of a transaction wait in line too."""

    def __init__(self, connection: sqlite3.Connection, line: Line | None) -> None:
        super().__init__(connection)
        self._line = line

    def execute(self, query: str, params: Any = None) -> Any:
        with self._turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._turn(query):
            return super().executemany(query, param_list)

    def _turn(self, query: str) -> contextlib.AbstractContextManager[None]:
        if self._line is None or self.connection.in_transaction or not query.startswith(WRITES):
            return contextlib.nullcontext()
        return self._line.first()
