"""Erased content is removed from the database file and not only from its tables."""

import sqlite3

import pytest
from django.conf import settings
from django.db import connection

SEALED = b"sealed-bytes-that-must-go" * 40


@pytest.mark.once
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL overwrites erased rows when it vacuums")
def test_erased_rows_are_overwritten_in_the_file(tmp_path):
    path = tmp_path / "db.sqlite3"
    site = sqlite3.connect(path)
    site.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
    site.execute("CREATE TABLE inquiry (sealed BLOB)")
    site.executemany("INSERT INTO inquiry VALUES (?)", [(SEALED,)] * 50)
    site.commit()
    site.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SEALED in path.read_bytes()

    site.execute("DELETE FROM inquiry")
    site.commit()
    site.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert SEALED[:25] not in path.read_bytes()
