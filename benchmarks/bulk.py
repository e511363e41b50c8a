"""Many rows at once: copies of one real row with some columns changed, in PostgreSQL by COPY, in SQLite by executemany."""

import datetime as dt
import io
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

AT_ONCE = 20_000


def copies(original: models.Model, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert one copy of `original` for each of `rows`, which hold the values of the fields `names` that differ.

    Generated columns are left to the database, and so is an automatic primary key. What all rows share is put into the
    database's form once, so that a million rows are made in seconds.
    """
    fields = [
        field
        for field in original._meta.concrete_fields
        if not field.generated and not (field.primary_key and isinstance(field, models.AutoField))
    ]
    differing = {field.attname: field for field in fields if field.attname in names}
    same = [field for field in fields if field.attname not in names]
    columns = [str(differing[name].column) for name in names] + [str(field.column) for field in same]
    write = _copy if connection.vendor == "postgresql" else _insert
    shared = [(field, getattr(original, field.attname)) for field in same]
    ordered = [differing[name] for name in names]
    rows = iter(rows)
    while part := list(itertools.islice(rows, AT_ONCE)):
        write(original._meta.db_table, columns, ordered, shared, part)


Fields = list[Any]
Shared = list[tuple[Any, Any]]


def _copy(table: str, columns: list[str], fields: Fields, shared: Shared, rows: list[tuple[Any, ...]]) -> None:
    tail = "\t".join(_text(field, value) for field, value in shared)
    lines = ("\t".join(map(_text, fields, row)) + f"\t{tail}\n" for row in rows)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', io.StringIO("".join(lines)))


def _text(field: Any, value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    if isinstance(field, models.JSONField):
        value = json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def _insert(table: str, columns: list[str], fields: Fields, shared: Shared, rows: list[tuple[Any, ...]]) -> None:
    tail = tuple(field.get_db_prep_save(value, connection) for field, value in shared)
    prepare = [field.get_db_prep_save for field in fields]
    values = [tuple(one(value, connection) for one, value in zip(prepare, row, strict=True)) + tail for row in rows]
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', values)
