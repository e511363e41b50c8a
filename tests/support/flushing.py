"""Lets a test that commits, such as a browser test, be cleaned up on SQLite.

Django empties the tables after such a test with DELETE, which the triggers that protect editions and events refuse.
PostgreSQL uses TRUNCATE, which fires no trigger on rows.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.sqlite3.base import DatabaseWrapper

# By way of .base: its module of operations can't be imported first.
DatabaseOperations: Any = DatabaseWrapper.ops_class


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

    DatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    DatabaseOperations.execute_sql_flush = flush
