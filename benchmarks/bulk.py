"""Many rows at once: copies of one real row with some columns changed, in PostgreSQL by COPY, in SQLite by executemany."""

import io
import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, models

AT_ONCE = 20_000


def copies(original: models.Model, rows: Iterable[dict[str, Any]]) -> None:
    """Insert one copy of `original` for each of `rows`, which name the fields that differ.

    Generated columns are left to the database, and so is an automatic primary key.
    """
    fields = [
        field
        for field in original._meta.concrete_fields
        if not field.generated and not (field.primary_key and isinstance(field, models.AutoField))
    ]
    base = {field.attname: getattr(original, field.attname) for field in fields}
    write = _copy if connection.vendor == "postgresql" else _insert
    rows = iter(rows)
    while part := list(itertools.islice(rows, AT_ONCE)):
        write(original._meta.db_table, fields, ({**base, **row} for row in part))


def _copy(table: str, fields: list[Any], rows: Iterator[dict[str, Any]]) -> None:
    buffer = io.StringIO("".join("\t".join(_text(field, row[field.attname]) for field in fields) + "\n" for row in rows))
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', buffer)


def _text(field: Any, value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(field, models.JSONField):
        value = json.dumps(value)
    elif isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    elif isinstance(value, datetime):
        return value.isoformat()
    elif isinstance(value, bool):
        return "t" if value else "f"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _insert(table: str, fields: list[Any], rows: Iterator[dict[str, Any]]) -> None:
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    values = [tuple(field.get_db_prep_save(row[field.attname], connection) for field in fields) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', values)
