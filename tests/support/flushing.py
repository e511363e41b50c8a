"""Lets a test that commits, such as a browser test, be cleaned up: nobody uses the database meanwhile, and SQLite lets it.

A browser may have asked for something just before its test ended, such as who else has a guide open. Emptying the tables
under such a request fails one or the other, now and then. Nor do two requests run at a time: the database in memory has one
connection for all threads, and one request's ROLLBACK would be the other's.

Django empties the tables on SQLite with DELETE, which the triggers that protect editions and events refuse. PostgreSQL uses
TRUNCATE, which fires no trigger on rows.
"""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import TransactionTestCase

# By way of .base: its module of operations can't be imported first.
DatabaseOperations: Any = DatabaseWrapper.ops_class
Untyped: Any = TransactionTestCase  # the stubs leave this method out
PATIENCE = 120  # seconds that requests of a browser may still take after its test


class UnderWay:
    """Counts the requests that the live server's threads are answering, and lets in one at a time."""

    def __init__(self) -> None:
        self._count = 0
        self._turn = threading.Semaphore()
        self._changed = threading.Condition()

    def started(self, **_signal: object) -> None:
        """Take note of a request's begin; those of Django's own test client come in the main thread and end there."""
        self._add(1)
        if not _in_main_thread():
            assert self._turn.acquire(timeout=PATIENCE), "The request before this one doesn't end."

    def finished(self, **_signal: object) -> None:
        """Take note of a request's end."""
        if not _in_main_thread():
            self._turn.release()
        self._add(-1)

    def wait_for_none(self) -> None:
        """Return when nothing is under way."""
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
    """Wait for the live server's requests before the tables are emptied."""
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
    """Take the refusing triggers away while tables are emptied, and put them back."""
    flush = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(%'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        flush(self, sql_list)
        with self.connection.cursor() as cursor:
            for _name, sql in triggers:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield
