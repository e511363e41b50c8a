"""Which commits wait for the disk, and which need not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cluster import Cluster
from tests.support.site import ROOT

pytestmark = pytest.mark.once

SQLITE = '{"ENGINE": "recovery_site.sqlite", "NAME": sys.argv[1], "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": INIT}}'
SAYS_WHO_WAITED = """
import os, sys
import environ
from django.conf import settings
INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
settings.configure(DATABASES={"default": DATABASE})
import django
django.setup()
from django.db import connection, transaction
from recovery_site.durability import losable, losable_process
waited, really = [], os.fdatasync
os.fdatasync = lambda descriptor: (waited.append(True), really(descriptor))
ASK = "SHOW synchronous_commit" if connection.vendor == "postgresql" else "PRAGMA synchronous"
def ask():
    with connection.cursor() as cursor:
        cursor.execute(ASK)
        return cursor.fetchone()[0]
def row():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    return ask()
def says(what, inside):
    print(f"{what}: {inside}, waited {len(waited)}, outside {ask()}")
    waited.clear()
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE t (n integer)")
with transaction.atomic():
    inside = row()
says("kept", inside)
with losable():
    inside = row()
says("losable", inside)
with transaction.atomic():
    with losable():
        inside = row()
says("part of one that is kept", inside)
with losable_process():
    with transaction.atomic():
        inside = row()
    says("losable process", inside)
with transaction.atomic():
    inside = row()
says("kept again", inside)
"""


def said(database: str, argument: str) -> list[str]:
    command = [sys.executable, "-c", SAYS_WHO_WAITED.replace("DATABASE}", f"{database}}}"), argument]
    # The servers of the tests are told not to wait at all.
    variables = {**os.environ, "PGOPTIONS": "-c synchronous_commit=on"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_on_sqlite_only_what_may_be_lost_does_not_wait(tmp_path: Path) -> None:
    # 2 is FULL: SQLite waits by itself. 1 is NORMAL: the backend does, once the transaction is over.
    assert said(SQLITE, str(tmp_path / "db.sqlite3")) == [
        "kept: 1, waited 1, outside 2",
        "losable: 1, waited 0, outside 2",
        "part of one that is kept: 1, waited 1, outside 2",
        "losable process: 1, waited 0, outside 1",
        "kept again: 1, waited 1, outside 2",
    ]


def test_on_postgresql_only_what_may_be_lost_does_not_wait(postgres: Cluster) -> None:
    url = postgres.create_database("durability")
    try:
        found = said("environ.Env.db_url_config(sys.argv[1])", url)
    finally:
        postgres.drop_database("durability")
    assert found == [
        "kept: on, waited 0, outside on",
        "losable: off, waited 0, outside on",
        "part of one that is kept: on, waited 0, outside on",
        "losable process: off, waited 0, outside off",
        "kept again: on, waited 0, outside on",
    ]
