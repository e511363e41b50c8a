"""Many writers on the site's SQLite file: none is refused, what is half written is gone, and a commit waits for the disk."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.site import ROOT

pytestmark = pytest.mark.once

PATIENCE = 300  # seconds
# What processes of the site do with the file.
BEGINNING = "import sys; from django.db import OperationalError, connection, transaction; cursor = connection.cursor()\n"
COUNT_TO_40 = """
for _ in range(40):
    with transaction.atomic():
        [n] = cursor.execute("SELECT n FROM counter").fetchone()
        cursor.execute("UPDATE counter SET n = %s", [n + 1])
    cursor.execute("UPDATE counter SET alone = alone + 1")
"""
STOP_HALF_WAY = """
with transaction.atomic():
    cursor.execute("UPDATE counter SET n = 7")
    print("half way", flush=True)
    sys.stdin.read()
"""
GIVE_UP_AT_ONCE = """
cursor.execute("PRAGMA busy_timeout = 0")
try:
    with transaction.atomic():
        cursor.execute("UPDATE counter SET n = 7")
except OperationalError as error:
    print(error)
"""
SHOW_HOW_COMMITS_WAIT = """
def show():
    print(*[cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")])
show()
with transaction.atomic():
    cursor.execute("UPDATE counter SET n = 1")
    show()
show()
"""

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one counter in it."""
    path = tmp_path / "db.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE counter (n integer, alone integer)")
        connection.execute("INSERT INTO counter VALUES (0, 0)")
    return path


@pytest.fixture
def start(file: Path, tmp_path: Path) -> Start:
    """Start a process that runs the code with the site's settings on the file."""
    variables = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{file}"}

    def starting(code: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", BEGINNING + code]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=os.environ | variables, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    return starting


def output(process: "subprocess.Popen[str]") -> str:
    text, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return text


def counted(file: Path) -> tuple[int, int]:
    with sqlite3.connect(file) as connection:
        return connection.execute("SELECT n, alone FROM counter").fetchone()


def test_processes_that_all_write_at_once_lose_no_write_and_none_is_refused(file, start):
    for process in [start(COUNT_TO_40) for _ in range(5)]:
        output(process)
    assert counted(file) == (200, 200)


def test_a_writer_killed_in_its_transaction_leaves_nothing_behind_and_holds_nobody_up(file, start):
    killed = start(STOP_HALF_WAY)
    assert killed.stdout
    assert killed.stdout.readline() == "half way\n"
    killed.kill()
    killed.communicate()
    output(start(COUNT_TO_40))
    assert counted(file) == (40, 40)


def test_who_is_not_let_in_is_told_so(file, start):
    other = sqlite3.connect(file, isolation_level=None)
    # The site's processes work with a write-ahead log, which they can't begin while another holds the file.
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    assert output(start(GIVE_UP_AT_ONCE)) == "database is locked\n"
    other.execute("COMMIT")
    assert counted(file) == (0, 0)


def test_every_commit_waits_for_the_disk(start):
    # 2 is FULL.
    assert output(start(SHOW_HOW_COMMITS_WAIT)) == "wal 2\n" * 3
