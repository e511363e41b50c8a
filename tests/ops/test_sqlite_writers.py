"""Many writers on one SQLite file: nobody is refused, the first to come is the first to write, and a commit is on the disk."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from recovery_site.sqlite import base
from tests.support.site import ROOT

pytestmark = pytest.mark.once

PATIENCE = 300  # seconds
# What a process of its own does with the file: `WRITER FILE ROUNDS`, a number more in each round.
WRITER = """
import sys
from django.conf import settings
options = {"timeout": 60, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
settings.configure(DATABASES={"default": {"ENGINE": "recovery_site.sqlite", "NAME": sys.argv[1], "OPTIONS": options}})
import django
django.setup()
from django.db import connection, transaction
for _ in range(int(sys.argv[2])):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT n FROM counter")
        cursor.execute("UPDATE counter SET n = %s", [cursor.fetchone()[0] + 1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE counter SET alone = alone + 1")
"""


@pytest.fixture
def site(tmp_path: Path, django_db_blocker) -> Iterator[str]:
    """The alias of a database in a file of its own, with one counter and an empty list in it."""
    connections.databases["writers"] = connections.configure_settings(
        {
            "default": connections.databases["default"],
            "writers": {
                "ENGINE": "recovery_site.sqlite",
                "NAME": str(tmp_path / "db.sqlite3"),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": PATIENCE,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=10000",
                },
            },
        }
    )["writers"]
    with django_db_blocker.unblock():
        run("CREATE TABLE counter (n integer, alone integer)")
        run("INSERT INTO counter VALUES (0, 0)")
        run("CREATE TABLE came (who text)")
        yield "writers"
        connections["writers"].close()
    del connections.databases["writers"]
    del connections["writers"]


def run(sql: str, *values: str | int) -> list[tuple]:
    with connections["writers"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def file(site: str) -> Path:
    return Path(connections.databases[site]["NAME"])


def writer(site: str, rounds: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(file(site)), str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def in_line(site: str) -> int:
    """How many stand in line now, the first one included."""
    number = os.stat(f"{file(site)}-line").st_ino
    locks = Path("/proc/locks").read_text().splitlines()
    return sum("FLOCK" in lock and lock.split()[-3].endswith(f":{number}") for lock in locks)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        os.sched_yield()


def comes(who: str) -> threading.Thread:
    """Let somebody write a line of their own from a thread, and so a connection, of their own."""

    def write() -> None:
        with transaction.atomic(using="writers"):
            run("INSERT INTO came VALUES (%s)", who)
        connections["writers"].close()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def test_processes_that_all_write_at_once_lose_no_write_and_none_is_refused(site):
    writers = [writer(site, 40) for _ in range(5)]
    for process in writers:
        _said, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
    assert run("SELECT n, alone FROM counter") == [(200, 200)]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="no /proc/locks to see who waits")
def test_who_came_first_writes_first(site):
    threads = []
    with transaction.atomic(using=site):
        for number in range(6):
            threads.append(comes(f"{number}"))
            until(lambda here=number + 1: in_line(site) == here)
    for thread in threads:
        thread.join(PATIENCE)
    assert run("SELECT who FROM came ORDER BY rowid") == [(f"{number}",) for number in range(6)]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="no /proc/locks to see who waits")
def test_a_writer_killed_in_line_holds_nobody_up(site):
    with transaction.atomic(using=site):
        first = writer(site, 1)
        until(lambda: Path(f"{file(site)}-line").exists() and in_line(site) == 1)
        second = comes("second")
        until(lambda: in_line(site) == 2)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        until(lambda: in_line(site) == 1)
    second.join(PATIENCE)
    assert run("SELECT who FROM came") == [("second",)]
    assert run("SELECT n FROM counter") == [(0,)]


def test_a_writer_killed_in_its_transaction_leaves_nothing_behind(site):
    # It says when it is in the middle, and stays there.
    code = WRITER.replace("cursor.fetchone()[0] + 1])", "7]); print('in it', flush=True); sys.stdin.read()")
    command = [sys.executable, "-c", code, str(file(site)), "1"]
    doomed = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert doomed.stdout
    assert doomed.stdout.readline() == "in it\n"
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    with transaction.atomic(using=site):
        run("UPDATE counter SET n = n + 1")
    assert run("SELECT n FROM counter") == [(1,)]


def test_who_is_not_let_in_is_told_so(site):
    other = sqlite3.connect(file(site), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connections[site].patience = 0
    with pytest.raises(OperationalError, match="database is locked"), transaction.atomic(using=site):
        pass
    other.execute("COMMIT")
    with transaction.atomic(using=site):
        run("UPDATE counter SET n = 1")
    assert run("SELECT n FROM counter") == [(1,)]


@pytest.fixture
def disk(site, tmp_path, monkeypatch) -> Callable[[], list[tuple]]:
    """What would be there after a power cut: the counter in a copy of the files as they were when last sent to the disk."""
    kept: dict[str, bytes] = {}
    really = os.fdatasync

    def fdatasync(descriptor: int) -> None:
        really(descriptor)
        kept["db.sqlite3-wal"] = Path(f"{file(site)}-wal").read_bytes()
        kept["db.sqlite3"] = file(site).read_bytes()

    def after_a_power_cut() -> list[tuple]:
        folder = tmp_path / "after"
        folder.mkdir(exist_ok=True)
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        copy = sqlite3.connect(folder / "db.sqlite3")
        rows = copy.execute("SELECT n FROM counter").fetchall() if kept else []
        copy.close()
        for path in folder.iterdir():
            path.unlink()
        return rows

    monkeypatch.setattr(base.os, "fdatasync", fdatasync)
    return after_a_power_cut


def test_a_commit_is_on_the_disk_when_it_returns_and_the_next_writer_need_not_wait_for_it(site, disk, monkeypatch):
    fdatasync, free = os.fdatasync, []

    def look(descriptor: int) -> None:
        other = sqlite3.connect(file(site), isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        free.append(True)
        fdatasync(descriptor)

    monkeypatch.setattr(base.os, "fdatasync", look)
    for number in (1, 2):
        with transaction.atomic(using=site):
            run("UPDATE counter SET n = %s", number)
        assert disk() == [(number,)]
    assert free == [True, True]


def test_nobody_is_told_done_when_the_disk_fails(site, monkeypatch):
    def fails(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(base.os, "fdatasync", fails)
    with pytest.raises(OperationalError, match="disk I/O error"), transaction.atomic(using=site):
        run("UPDATE counter SET n = 1")


def test_a_statement_outside_a_transaction_waits_for_the_disk_by_itself(site):
    full = [(2,)]
    assert run("PRAGMA synchronous") == full
    with transaction.atomic(using=site):
        run("UPDATE counter SET n = 1")
    assert run("PRAGMA synchronous") == full
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=site):
        raise ZeroDivisionError
    assert run("PRAGMA synchronous") == full


def test_a_log_removed_with_the_last_connection_is_not_mistaken_for_the_new_one(site, disk):
    for number in (1, 2):
        with transaction.atomic(using=site):
            run("UPDATE counter SET n = %s", number)
        assert disk() == [(number,)]
        connections[site].close()
        assert not Path(f"{file(site)}-wal").exists()


@pytest.mark.parametrize("worker", [False, True])
def test_the_worker_empties_the_log_so_that_no_visitor_waits_for_it(site, monkeypatch, worker):
    monkeypatch.setattr(base.DatabaseWrapper, "process_is_losable", worker)
    connections[site].close()
    before = file(site).read_bytes()
    run("INSERT INTO came VALUES (%s)", "x" * 5_000_000)  # more than 1,000 pages
    assert (file(site).read_bytes() != before) is worker


def test_a_database_in_memory_does_without(django_db_blocker):
    with django_db_blocker.unblock():
        alone = base.DatabaseWrapper({**connections.databases["default"], "NAME": ":memory:", "OPTIONS": {}}, alias="alone")
        with alone.cursor() as cursor:
            cursor.execute("CREATE TABLE one (n integer)")
            cursor.execute("INSERT INTO one VALUES (1)")
        alone.close()
