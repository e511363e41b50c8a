"""Erased content is removed from the files of the database and not only from its tables."""

import contextlib
import io
import os
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import ConnectionHandler
from environ import Env

from intake.retention import storage
from recovery_site import periodic
from recovery_site.management.commands import housekeeping
from tests.support.cluster import Cluster, free_port

pytestmark = [pytest.mark.once, pytest.mark.django_db]
KEY = b"a-wrapped-key-that-must-go" * 20
KEPT = b"a-wrapped-key-of-another!!" * 20
ON_POSTGRES = connection.vendor == "postgresql"
sqlite_only = pytest.mark.skipif(ON_POSTGRES, reason="about the files of SQLite")


@pytest.fixture
def sqlite(tmp_path):
    """A database of its own with a table of keys, set up as the site's is."""
    options = {**settings.DATABASES["default"]["OPTIONS"]}
    handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3", "OPTIONS": options}})
    database = handler["default"]
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE intake_keywrap (id INTEGER PRIMARY KEY, wrapped BLOB)")
        cursor.executemany("INSERT INTO intake_keywrap VALUES (%s, %s)", [(number, KEPT) for number in range(100)])
        cursor.executemany("INSERT INTO intake_keywrap VALUES (%s, %s)", [(number, KEY) for number in range(100, 150)])
    assert storage.empty_log(database)
    yield database
    database.close()


def files(folder):
    return b"".join(path.read_bytes() for path in folder.glob("db.sqlite3*"))


@sqlite_only
@pytest.mark.parametrize(
    "statement", ["DELETE FROM intake_keywrap WHERE id >= 100", "UPDATE intake_keywrap SET wrapped = x'' WHERE id >= 100"]
)
def test_deleted_and_blanked_rows_are_overwritten_in_every_file(statement, sqlite, tmp_path):
    assert KEY in files(tmp_path)
    with sqlite.cursor() as cursor:
        cursor.execute(statement)
    assert storage.empty_log(sqlite)
    assert KEY[:26] not in files(tmp_path)
    assert KEPT in files(tmp_path)


@sqlite_only
def test_a_page_larger_than_one_is_overwritten_too(sqlite, tmp_path):
    with sqlite.cursor() as cursor:
        cursor.execute("INSERT INTO intake_keywrap VALUES (999, %s)", [b"a long message, " * 4000])
        cursor.execute("UPDATE intake_keywrap SET wrapped = x'' WHERE id = 999")
    assert storage.empty_log(sqlite)
    assert b"a long message, " not in files(tmp_path)


@sqlite_only
def test_while_somebody_reads_the_log_stays_and_the_next_round_empties_it(sqlite, tmp_path):
    reader = sqlite.copy()
    with reader.cursor() as reading, sqlite.cursor() as cursor:
        reading.execute("BEGIN DEFERRED")
        reading.execute("SELECT count(*) FROM intake_keywrap").fetchall()
        cursor.execute("DELETE FROM intake_keywrap WHERE id >= 100")
        assert not storage.empty_log(sqlite, tries=1)
        reading.execute("ROLLBACK")
    assert storage.empty_log(sqlite, tries=1)
    assert KEY[:26] not in files(tmp_path)
    with sqlite.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20000,), "the timeout of the connection is as before"
    reader.close()


@pytest.mark.skipif(ON_POSTGRES, reason="the same on both: the process has a database of its own")
def test_erased_words_are_in_no_file_after_a_round_of_housekeeping(tmp_path):
    """SEC-5: what was withdrawn lay in the write-ahead log, and opened with the centre's key."""
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR")}
    own |= {"DATA_DIR": str(tmp_path)}
    for step in ("prepare", "withdraw"):
        done = subprocess.run([sys.executable, "-m", "tests.intake.outside", step], env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["before the round: found", "after the round: gone"]


@pytest.fixture
def keys_on_postgres(postgres: Cluster):
    name = f"erased_{free_port()}"  # tests in other processes have one, too
    url = postgres.create_database(name)
    handler = ConnectionHandler({"default": Env.db_url_config(url)})
    database = handler["default"]
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE intake_keywrap (id integer PRIMARY KEY, wrapped bytea)")
        cursor.executemany("INSERT INTO intake_keywrap VALUES (%s, %s)", [(number, KEPT) for number in range(10)])
        cursor.executemany("INSERT INTO intake_keywrap VALUES (%s, %s)", [(number, KEY) for number in range(10, 15)])
    yield database
    database.close()
    postgres.drop_database(name)


def heap(database):
    """Return the bytes of the table on disk."""
    with database.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT current_setting('data_directory'), pg_relation_filepath('intake_keywrap')")
        folder, name = cursor.fetchone()
        cursor.execute("SELECT pg_read_binary_file(%s)", [f"{folder}/{name}"])
        return bytes(cursor.fetchone()[0])


def counted(database):
    """Wait until the server has counted what was changed: it does so within a second or two."""
    with database.cursor() as cursor:
        for _try in range(100):
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'intake_keywrap'"
            )
            if (cursor.fetchone() or (None, 0))[1]:
                return
            threading.Event().wait(0.1)
    raise AssertionError("never counted")


def test_on_postgresql_the_table_is_written_anew_without_erased_rows(keys_on_postgres):
    assert KEY in heap(keys_on_postgres)
    with keys_on_postgres.cursor() as cursor:
        cursor.execute("DELETE FROM intake_keywrap WHERE id >= 10")
        cursor.execute("VACUUM intake_keywrap")
    assert KEY in heap(keys_on_postgres), "a plain VACUUM isn't enough"
    counted(keys_on_postgres)
    assert storage.rewrite_tables(keys_on_postgres) == 1
    assert KEY[:26] not in heap(keys_on_postgres)
    assert KEPT in heap(keys_on_postgres)
    assert storage.rewrite_tables(keys_on_postgres) == 0, "not again within the hour"


def test_on_postgresql_nobody_waits_longer_than_a_second_for_it(keys_on_postgres, monkeypatch):
    monkeypatch.setattr(storage, "LOCK_TIMEOUT", 50)
    with keys_on_postgres.cursor() as cursor:
        cursor.execute("UPDATE intake_keywrap SET wrapped = '' WHERE id >= 10")
    counted(keys_on_postgres)
    other = keys_on_postgres.copy()
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM intake_keywrap")
        started = time.monotonic()
        assert storage.rewrite_tables(keys_on_postgres) == 0
        assert time.monotonic() - started < 10
    assert storage.rewrite_tables(keys_on_postgres) == 1
    assert KEY[:26] not in heap(keys_on_postgres)


@pytest.fixture
def sealed_tables_of_the_owner(postgres: Cluster):
    """A database as migrations make it, as far as rewriting looks at it. Return the DATABASE_URL of an account."""
    name = f"erased_{free_port()}"
    url = postgres.create_database(name)
    others = ["recovery_staff", "recovery_owner_of_a_test"]
    with contextlib.closing(postgres.connect(name)) as raw, raw.cursor() as cursor:
        for role in others:
            cursor.execute(f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
        for model in storage.sealed_models():
            cursor.execute(f"CREATE TABLE {model._meta.db_table} (id integer)")
            cursor.execute(f"ALTER TABLE {model._meta.db_table} OWNER TO recovery_owner_of_a_test")
    yield lambda account: url.replace("recovery@", f"{account}@", 1)
    postgres.drop_database(name)


def only_rewriting(url: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do what recovery-overwrite.service does, with a DATABASE_URL. Return whether it ended well. Raises CommandError."""
    database = ConnectionHandler({"default": Env.db_url_config(url)})["default"]
    monkeypatch.setattr(storage, "connection", database)
    command = housekeeping.Command(stdout=io.StringIO())
    command.only = "remove what was erased from the files of the database"
    with contextlib.closing(database):
        return command.once()


def test_an_account_that_owns_no_table_says_so_where_rewriting_is_all_it_is_there_for(sealed_tables_of_the_owner, monkeypatch):
    """On several machines the units had the account of the staff's half, rewrote nothing, and ended well, for ever."""
    with pytest.raises(CommandError, match="the account recovery_owner_of_a_test owns intake_") as told:
        only_rewriting(sealed_tables_of_the_owner("recovery_staff"), monkeypatch)
    assert " and others, and recovery_staff may not rewrite them" in str(told.value)
    assert "/etc/recovery/owner" in str(told.value)
    assert only_rewriting(sealed_tables_of_the_owner("recovery_owner_of_a_test"), monkeypatch)


def test_a_round_of_housekeeping_leaves_it_to_the_account_that_may(monkeypatch):
    def refuse(_now):
        raise periodic.NotHere("The tables belong to another account.")

    monkeypatch.setattr(housekeeping, "jobs", lambda: {"rewrite": refuse, "count": lambda _now: {"counted": 2}})
    output = io.StringIO()
    command = housekeeping.Command(stdout=output)
    command.only = None
    monkeypatch.setattr(command, "watch", lambda: None)
    assert command.once()
    assert output.getvalue() == "count: counted 2\n"
    command.only = "rewrite"
    with pytest.raises(CommandError, match="belong to another account"):
        command.once()


def test_every_table_with_sealed_content_is_looked_after():
    names = {model.__name__ for model in storage.sealed_models()}
    assert {"Inquiry", "KeyWrap", "Receipt", "Message", "StaffDraft", "Draft", "MailboxSession", "Disclosure", "PreScreen"} <= names
