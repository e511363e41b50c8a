"""Counting tries in windows of minutes, for limits that must hold across all processes and servers.

Each count is a row of a model that extends Bucket. Its key is an HMAC under the site's secret, so the table tells neither what was
counted nor for whom; callers put an address into a key only as its block (recovery_site.addresses).

The counts are in the database because every process and every server shares it already: a limit means the same with one worker or
with ten, and a restart forgets nothing. A cache would count per process unless Redis is installed (CACHE_URL). A count is lost only
with the transaction that it was added in. Visitors' limits are in intake.assessment.rate_limits, those of signing in in accounts.sign_in.
"""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models

# The ORM has no "insert or else increment, and return the count"; SQLite and PostgreSQL share this statement.
_COUNT = """
    INSERT INTO {table} AS bucket (key, count, expires_at) VALUES {rows}
    ON CONFLICT (key) DO UPDATE SET count = bucket.count + 1 RETURNING key, count
"""
_READ = "SELECT key, count FROM {table} WHERE key IN ({places})"
# Expired rows are kept for a moment, so that a clock that is set back does not start a window from zero.
MARGIN = dt.timedelta(minutes=1)


class Bucket(models.Model):
    """How often one thing was tried in one window. `key` is a keyed hash; the row is removed after `expires_at`."""

    key = models.BinaryField(primary_key=True, max_length=16)
    count = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.count}"


@dataclass(frozen=True)
class Window:
    """One of the consecutive windows of equal length since 1970: its number and when it ends."""

    number: int
    ends: dt.datetime

    @classmethod
    def at(cls, now: dt.datetime, minutes: int) -> "Window":
        """Return the window of `minutes` that `now` lies in."""
        seconds = minutes * 60
        number = int(now.timestamp()) // seconds
        return cls(number, dt.datetime.fromtimestamp((number + 1) * seconds, dt.UTC))


def key(*parts: object) -> bytes:
    """Return the key (16 bytes) of the bucket that `parts` describe; only the last of them may hold a space."""
    return hmac.digest(settings.FORM_SECRET.encode(), f"recovery-site rate limit v1 {' '.join(map(str, parts))}".encode(), "sha256")[:16]


def add(model: type[Bucket], keys: Sequence[bytes], ends: dt.datetime) -> list[int]:
    """Add one to the bucket of each of the (different) `keys` and return their counts in the same order.

    A bucket that did not exist starts at 1 and expires at `ends`. One statement, so two tries at once never get the same
    count. On PostgreSQL the rows stay locked, in the order of `keys`, until the transaction ends.
    """
    fields = (model._meta.get_field("key"), model._meta.get_field("expires_at"))
    values = []
    for each in keys:
        values += [field.get_db_prep_save(value, connection) for field, value in zip(fields, (each, ends), strict=True)]
    sql = _COUNT.format(table=connection.ops.quote_name(model._meta.db_table), rows=", ".join(["(%s, 1, %s)"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        new_counts = {bytes(stored): count for stored, count in cursor.fetchall()}
    return [new_counts[each] for each in keys]


def counts(model: type[Bucket], keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return the count of each of `keys` that has a bucket. One query."""
    # As SQL, because each form asks, and building this query through the ORM took longer than all the rest of the limit.
    field: models.Field[Any, Any] = model._meta.get_field("key")
    sql = _READ.format(table=connection.ops.quote_name(model._meta.db_table), places=", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(each, connection) for each in keys])
        return {bytes(stored): count for stored, count in cursor.fetchall()}


def forget_expired(model: type[Bucket], now: dt.datetime) -> int:
    """Remove the buckets whose window has ended (housekeeping) and return their number."""
    deleted, _by_model = model._default_manager.filter(expires_at__lte=now - MARGIN).delete()
    return deleted
