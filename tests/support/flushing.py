"""Flushes the database after tests that commit, such as browser tests, without conflicts with running requests.

A browser may have sent a request just before its test ended, for example a heartbeat. Flushing tables during that request
would make either of them fail occasionally. Requests also run one at a time: the in-memory database has one connection for
all threads, so that one request's ROLLBACK would affect another's.

Triggers refuse to empty the tables of editions and of the audit trail: on SQLite Django flushes with DELETE, on PostgreSQL with
TRUNCATE. They are put aside for the flush only.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import TransactionTestCase

DatabaseOperations: Any = BaseDatabaseOperations
Untyped: Any = TransactionTestCase  # the stubs leave this method out
PATIENCE = 120  # seconds to wait for a browser's requests after its test


class UnderWay:
    """Counts the requests being processed by the live server's threads, and lets them run one at a time."""

    def __init__(self) -> None:
        self._count = 0
        self._turn = threading.Semaphore()
        self._changed = threading.Condition()

    def started(self, **_signal: object) -> None:
        """Count a request. Those of Django's test client run in the main thread and aren't counted."""
        self._add(1)
        if not _in_main_thread():
            assert self._turn.acquire(timeout=PATIENCE), "The request before this one doesn't end."

    def finished(self, **_signal: object) -> None:
        """Count the end of a request."""
        if not _in_main_thread():
            self._turn.release()
        self._add(-1)

    def wait_for_none(self) -> None:
        """Wait until no request is being processed."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._count == 0, PATIENCE), "A request to the live server doesn't end."

    def _add(self, number: int) -> None:
        if _in_main_thread():
            return
        with self._changed:
            self._count += number
            self._changed.notify_all()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@pytest.fixture(autouse=True, scope="session")
def flush_when_nothing_is_under_way() -> Iterator[None]:
    """Wait for the live server's requests before tables are flushed."""
    under_way = UnderWay()
    request_started.connect(under_way.started)
    request_finished.connect(under_way.finished)
    tear_down = Untyped._fixture_teardown

    def after_all_requests(self: Any) -> None:
        under_way.wait_for_none()
        tear_down(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Untyped, "_fixture_teardown", after_all_requests)
        yield
    request_started.disconnect(under_way.started)
    request_finished.disconnect(under_way.finished)


@pytest.fixture(autouse=True, scope="session")
def flush_past_triggers() -> Iterator[None]:
    """Put the triggers that refuse changes aside while tables are flushed."""
    flush = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        with without_triggers(self.connection):
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@contextmanager
def without_triggers(connection: Any) -> Iterator[None]:
    """Let rows be changed that triggers protect, as the owner of a database can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)
