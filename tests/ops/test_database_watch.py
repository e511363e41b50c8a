"""deploy/postgresql/watch says that the disk of the database fills up, with PostgreSQL itself and a `df` of the test."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ops.machines.databases import wait_until
from tests.support.cluster import Cluster, PostgresMissing, program, temporary_cluster
from tests.support.site import ROOT
from tests.support.skipping import unavailable

pytestmark = pytest.mark.once
TABLE = "CREATE TABLE intake_heartbeat (part text PRIMARY KEY, at timestamptz, told_at timestamptz, codes jsonb)"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    try:
        program("initdb")
    except PostgresMissing:
        unavailable("no PostgreSQL")
    with temporary_cluster() as made, contextlib.closing(made.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        yield made


@contextlib.contextmanager
def watched(cluster: Cluster, folder: Path) -> Iterator[Path]:
    """Run the watch; yield the file that says how many kilobytes are free."""
    free = folder / "free"
    (folder / "df").write_text(f'#!/bin/sh\necho "Filesystem 1024-blocks Used Available"\necho "disk 9 9 $(cat {free})"\n')
    (folder / "df").chmod(0o755)
    free.write_text("5000000")
    path = os.pathsep.join([str(folder), str(Path(program("psql")).parent), os.environ["PATH"]])
    server = {"PGHOST": str(cluster.folder), "PGPORT": str(cluster.port), "PGUSER": "recovery", "PGDATA": str(cluster.folder / "data")}
    unit = {"OTHER": "127.0.0.1", "DATABASE": "postgres", "START": "false", "STOP": "false", "LOOK": "0.1", "PATH": path}
    process = subprocess.Popen([ROOT / "deploy" / "postgresql" / "watch"], env={**os.environ, **server, **unit})
    try:
        yield free
    finally:
        process.terminate()
        process.wait()


def row(cluster: Cluster, column: str) -> Any:
    with contextlib.closing(cluster.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM intake_heartbeat WHERE part = 'standby'")
        found = cursor.fetchone()
        return found and found[0]


def tell(cluster: Cluster) -> None:
    """Note that the operators were told, as housekeeping does."""
    with contextlib.closing(cluster.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE intake_heartbeat SET told_at = now()")


def test_a_disk_that_fills_up_is_said_beside_what_is_known_and_told_at_once(cluster, tmp_path):
    with watched(cluster, tmp_path) as free:
        wait_until(lambda: row(cluster, "codes") == ["standby_away"], "this one has no standby")
        tell(cluster)

        free.write_text("900000")
        wait_until(lambda: row(cluster, "codes") == ["database_disk", "standby_away"], "the disk is said")
        assert row(cluster, "told_at") is None, "so the operators get a mail of it, too"
        tell(cluster)

        free.write_text("1100000")
        before = row(cluster, "at")
        wait_until(lambda: row(cluster, "at") > before, "it goes on")
        assert row(cluster, "codes") == ["database_disk", "standby_away"], "a little more room is no end of it"

        free.write_text("2000000")
        wait_until(lambda: row(cluster, "codes") == ["standby_away"], "there is room again")
        assert row(cluster, "told_at") is not None, "nothing new is to be told"
