"""Temporary PostgreSQL servers."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

ROLE = "recovery"
MOST_WORKERS = 8  # of one pass: each has ports of its own (free_port)
_given: set[int] = set()


class PostgresMissing(Exception):
    """No PostgreSQL server is installed."""


@dataclass(frozen=True)
class Cluster:
    """A running server with a socket in `folder`."""

    folder: Path
    port: int

    def url(self, database: str = "postgres") -> str:
        """Return the DATABASE_URL of `database`."""
        return f"postgres://{ROLE}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def connect(self, database: str = "postgres") -> "psycopg2.extensions.connection":
        """Return a psycopg2 connection in autocommit mode."""
        connection = psycopg2.connect(host=str(self.folder), port=self.port, user=ROLE, dbname=database)
        connection.autocommit = True
        return connection

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make the database `name` (a copy of `template`) and return its DATABASE_URL."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove the database `name`, even while someone is connected."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def dump(self, database: str) -> bytes:
        """Return a dump of `database` as plain SQL."""
        command = [program("pg_dump"), "-h", str(self.folder), "-p", str(self.port), "-U", ROLE, "-d", database]
        return subprocess.run(command, check=True, capture_output=True).stdout


def program(name: str) -> str:
    """Return the path of a PostgreSQL program, which on Debian may not be on PATH. Raises PostgresMissing."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)
    path = shutil.which(name, path=os.pathsep.join([*map(str, versions), os.environ.get("PATH", "")]))
    if not path:
        raise PostgresMissing("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return path


@contextlib.contextmanager
def temporary_cluster(*, durable: bool = False, kept: Path | None = None, port: int | None = None) -> Iterator[Cluster]:
    """Start a PostgreSQL server in a temporary folder, yield it, then stop it and remove everything.

    With `kept` its data are in that folder, made at the first time, and stay there.

    It listens on a socket in that folder, and on no network port but `port` of 127.0.0.1 if that is given. With `durable` it writes to
    disk as a real one does (for benchmarks); without, it is as fast as memory. Raises PostgresMissing when there is no server to start.
    """
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    # A socket's path may have 107 bytes at most, and another user must be able to reach it: hence /tmp.
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    folder = kept or Path(tempfile.mkdtemp(prefix="recovery-pg-", dir="/tmp"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_user = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    data, log = folder / "data", folder / "log"
    listens = "127.0.0.1" if port else ""
    port = port or 5432  # then only part of the socket's name
    options = f"-c listen_addresses='{listens}' -c unix_socket_directories='{folder}' -c port={port} -c max_connections=60"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"

    def run(*command: str | Path) -> None:
        # The server inherits what pg_ctl has open: a pipe here would never close.
        with (folder / "output").open("wb") as output:
            done = subprocess.run([*as_user, *command], stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=folder, check=False)
        if done.returncode:
            raise RuntimeError((folder / "output").read_text(errors="replace") + (log.read_text(errors="replace") if log.exists() else ""))

    try:
        if not data.exists():
            run(initdb, "-D", data, "-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run(pg_ctl, "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield Cluster(folder, port)
        finally:
            run(pg_ctl, "-D", data, "-m", "fast" if kept else "immediate", "-w", "stop")
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def clean_up_when_told_to_stop() -> None:
    """Make SIGTERM exit the program normally, so that servers and temporary folders are removed. For programs only."""

    def stop(_signal: int, _frame: object) -> None:
        sys.exit(143)

    signal.signal(signal.SIGTERM, stop)


def free_port() -> int:
    """Return a free port of 127.0.0.1, a different one each time."""
    while True:
        # Below those that the system gives to outgoing connections, one of which might take it before it is used.
        # Each worker of each pass draws among its own, for the others' may not be in use yet.
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % MOST_WORKERS
        slot = worker + MOST_WORKERS * os.environ.get("DATABASE_URL", "").startswith("postgres")
        port = 12_000 + 2 * MOST_WORKERS * secrets.randbelow(20_000 // (2 * MOST_WORKERS)) + slot
        if port in _given:
            continue
        _given.add(port)
        with contextlib.suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port
