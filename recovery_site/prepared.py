"""Queries of pages that must be quick: the ORM writes their SQL once a process instead of once a request."""

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

MARK = "value {}"


class Prepared:
    """A query whose values are only known when it runs.

    `build` gets one argument a value and returns a `values_list` queryset that compares each of them once and with
    nothing else. Writing the SQL takes the ORM ten times as long as the database takes to answer it by its indexes.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], values: int) -> None:
        self.build = build
        self.marks = [MARK.format(number) for number in range(values)]
        self.written: tuple[str, list[int], Any, Any] | None = None

    def row(self, *values: str) -> tuple[Any, ...] | None:
        """Run the query with `values` and return its first row as the ORM would, or None. One query."""
        sql, order, compiler, converters = self.written or self._write()
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, [values[number] for number in order])
            found = cursor.fetchone()
        if found is None:
            return None
        [row] = compiler.apply_converters([found], converters)
        return tuple(row)

    def _write(self) -> tuple[str, list[int], Any, Any]:
        compiler = self.build(*self.marks)[:1].query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        order = [self.marks.index(mark) for mark in parameters]
        self.written = (sql, order, compiler, compiler.get_converters([column[0] for column in compiler.select]))
        return self.written
