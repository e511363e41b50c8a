"""Two database machines as docs/several-machines.md sets them up, with the files of deploy/postgresql."""

import contextlib
import os
import pwd
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2

from tests.ops.machines.network import PATIENCE, Machine
from tests.support.cluster import program
from tests.support.site import ROOT

DEPLOY = ROOT / "deploy" / "postgresql"
ROLES = ("recovery", "recovery_public", "recovery_staff", "replicator")
# What docs/several-machines.md has the sites write behind the database's name.
OPTIONS = {
    "target_session_attrs": "read-write",
    "connect_timeout": "3",
    "keepalives_idle": "3",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "8000",
}


@dataclass
class Server:
    """PostgreSQL on a machine: its data, the settings that are the machine's, and the unit that watches it."""

    machine: Machine
    other: str
    port: int
    passwords: dict[str, str]
    look: str

    @property
    def data(self) -> Path:
        return self.machine.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        """What /etc/recovery/database and the account of postgres have."""
        folder = self.machine.folder
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "TEST_", "PYTEST_"))}
        path = os.pathsep.join([str(Path(program("initdb")).parent), os.environ["PATH"]])
        own = {"OTHER": self.other, "PGDATA": str(self.data), "START": str(folder / "start"), "STOP": str(folder / "stop")}
        more = {"PGPORT": str(self.port), "PGPASSFILE": str(folder / "pgpass"), "LOOK": self.look, "PATH": path, "HOME": str(folder)}
        return {**inherited, **own, **more, "PGHOST": str(folder)}

    def install(self) -> None:
        """Write this machine's files, without any data."""
        folder = self.machine.folder
        settings = (DEPLOY / "recovery.conf").read_text().replace("'*'", f"'{self.machine.address}'")
        faster = "fsync = off\nfull_page_writes = off\n"  # processes are killed here, never the system below them
        here = f"port = {self.port}\nunix_socket_directories = '{folder}'\nhba_file = '{folder}/pg_hba.conf'\nmax_connections = 60\n"
        (folder / "postgresql.conf").write_text(settings + here + faster)
        network = "127.0.0.0/8" if self.machine.address.startswith("127.") else self.machine.address.rsplit(".", 1)[0] + ".0/24"
        hosts = "".join(f"host {database} all {network} scram-sha-256\n" for database in ("all", "replication"))
        (folder / "pg_hba.conf").write_text("local all postgres trust\n" + hosts)
        (folder / "pgpass").write_text(f"*:*:*:replicator:{self.passwords['replicator']}\n")
        started = f'exec pg_ctl -D {self.data} -l {folder}/postgresql.log -w -o "-c config_file={folder}/postgresql.conf" start'
        for name, command in (("start", started), ("stop", f"exec pg_ctl -D {self.data} -m fast -w stop")):
            (folder / name).write_text(f"#!/bin/sh\n{command}\n")
            (folder / name).chmod(0o755)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (folder, *folder.iterdir()):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        (folder / "pgpass").chmod(0o600)

    def initialise(self) -> None:
        """Make an empty cluster, as the Debian package does."""
        self.as_postgres("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def as_postgres(self, *command: str | Path) -> str:
        """Run a command as the user that owns the data; return its output. Raises AssertionError when it fails."""
        return self.machine.run([*_as_postgres(), *command], self.environment)

    def script(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a script of deploy/postgresql as an operator does."""
        return self.machine.attempt([*_as_postgres(), DEPLOY / name, *arguments], self.environment)

    def watch(self) -> None:
        """Start the unit that watches, which starts the server."""
        self.machine.start([*_as_postgres(), DEPLOY / "watch"], self.environment)

    @property
    def as_user(self) -> list[str]:
        """What a command begins with that runs as the user who owns the data."""
        return _as_postgres()

    def is_running(self) -> bool:
        """Return whether the server answers."""
        return self.machine.attempt(["pg_isready", "-q"], self.environment).returncode == 0

    @contextlib.contextmanager
    def connection(self, database: str = "postgres") -> Iterator[Any]:
        """A cursor of a superuser by the server's socket, which never waits for the other machine."""
        raw = psycopg2.connect(
            host=str(self.machine.folder), port=self.port, user="postgres", dbname=database, options="-c synchronous_commit=local"
        )
        raw.autocommit = True
        with contextlib.closing(raw), raw.cursor() as cursor:
            yield cursor

    def ask(self, sql: str, database: str = "postgres") -> Any:
        """Return the first value that a query gives, or None while the server doesn't answer."""
        try:
            with self.connection(database) as cursor:
                cursor.execute(sql)
                return cursor.fetchone()[0]
        except psycopg2.OperationalError:
            return None

    def processes(self) -> list[int]:
        """Return the processes of the server."""
        try:
            main = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return []
        children = Path(f"/proc/{main}/task/{main}/children")
        return [main, *map(int, children.read_text().split())] if children.exists() else []

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and to what watches it."""
        self.machine.signal(number)
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def lose_power(self) -> None:
        """End the server and the watch at once."""
        processes = self.processes()
        self.signal(signal.SIGKILL)
        self.machine.kill()
        wait_until(lambda: not any(map(_is_at_work, processes)), "the killed processes end")

    def forget_processes(self) -> None:
        """Remove what says that the server runs, which names a process that a machine no longer has after it was started again.

        Here the killed process may not have been collected by its parent yet, so its number is still taken.
        """
        for path in (self.data / "postmaster.pid", self.machine.folder / f".s.PGSQL.{self.port}.lock"):
            path.unlink(missing_ok=True)

    def vanish(self) -> None:
        """Be silent without a goodbye, as a machine whose cable was pulled."""
        if self.machine.link:
            subprocess.run(["ip", "link", "set", self.machine.link, "down"], check=True)
        else:
            self.signal(signal.SIGSTOP)

    def come_back(self) -> None:
        """Undo vanish()."""
        if self.machine.link:
            subprocess.run(["ip", "link", "set", self.machine.link, "up"], check=True)
        else:
            self.signal(signal.SIGCONT)


@dataclass
class Pair:
    """Both servers. `first` took forms in the beginning."""

    first: Server
    second: Server

    def url(self, role: str) -> str:
        """Return the DATABASE_URL of an account, with both machines."""
        hosts = ",".join(f"{server.machine.address}:{server.port}" for server in (self.first, self.second))
        return f"postgres://{role}:{self.first.passwords[role]}@{hosts}/recovery?{urlencode(OPTIONS)}"


@contextlib.contextmanager
def pair(first: Machine, second: Machine, port: int, *, look: str = "2") -> Iterator[Pair]:
    """Set both machines up: the first takes forms, the second stands by. `look` are the seconds between two looks of the watch."""
    passwords = {role: secrets.token_hex(12) for role in ROLES}
    servers = Pair(Server(first, second.address, port, passwords, look), Server(second, first.address, port, passwords, look))
    try:
        for server in (servers.first, servers.second):
            server.install()
        servers.first.initialise()
        servers.first.watch()
        wait_until(servers.first.is_running)
        with servers.first.connection() as cursor:
            for role in ROLES[:3]:
                cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{passwords[role]}'")
            cursor.execute((DEPLOY / "replication.sql").read_text())
            cursor.execute(f"ALTER ROLE replicator PASSWORD '{passwords['replicator']}'")
            cursor.execute("CREATE DATABASE recovery OWNER recovery")
        yield servers
    finally:
        for server in (servers.first, servers.second):
            server.come_back()
            server.lose_power()


def wait_until(condition: Any, what: str = "") -> float:
    """Wait for a condition and return the seconds that it took. Raises AssertionError after PATIENCE."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < PATIENCE, f"never: {what or condition}"
        time.sleep(0.1)
    return time.monotonic() - begun


def _is_at_work(process: int) -> bool:
    """Return whether a process is there and isn't only waiting for its parent to collect it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _as_postgres() -> list[str]:
    if os.geteuid() != 0:  # the server refuses to run as root
        return []
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
