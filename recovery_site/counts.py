"""Counts of tries that live for some minutes, a row each: how often somebody asked, signed in, sent."""

import datetime as dt

from django.db import connection, models

# The ORM can't say "insert, or else count up, and tell me the count" in one statement; both databases can.
_ONE_MORE = """
    INSERT INTO {table} AS bucket (key, count, expires_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET count = bucket.count + 1 RETURNING count
"""


def one_more(model: type[models.Model], key: bytes, ends: dt.datetime) -> int:
    """Count one more in the row `key` of `model`, which has `key`, `count` and `expires_at`; return its count.

    A new row begins at 1 and ends at `ends`. One statement, so no two tries are counted as one.
    """
    fields = [(model._meta.get_field("key"), key), (model._meta.get_field("expires_at"), ends)]
    with connection.cursor() as cursor:
        values = [field.get_db_prep_save(value, connection) for field, value in fields]  # type: ignore[union-attr]
        cursor.execute(_ONE_MORE.format(table=connection.ops.quote_name(model._meta.db_table)), values)
        count: int = cursor.fetchone()[0]
    return count
