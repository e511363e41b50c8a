"""A PostgreSQL server that a drill may kill, with a standby if it wants one. It listens on 127.0.0.1, as across a network."""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import ROLE, free_port, program

DATABASE = "site"
# Small, for it may lie on a small disk. It writes to disk as a real one does.
OPTIONS = "-c max_wal_size=64MB -c min_wal_size=32MB -c shared_buffers=32MB -c max_connections=60 -c wal_keep_size=64MB"
PATIENCE = 120


@dataclass
class Server:
    """A server with its files in `folder`."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The DATABASE_URL of the site, as long as this is its only server."""
        return url_of(self)

    def start(self) -> None:
        """Start it, or start it again after it was killed."""
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='{self.folder}' -c port={self.port} {OPTIONS}"
        self.run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-o", options, "-w", "-t", str(PATIENCE), "start")

    def stop(self) -> None:
        """Stop it, if it runs."""
        with contextlib.suppress(RuntimeError):
            self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def runs(self) -> bool:
        """Return whether it runs."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            os.kill(self.pid(), 0)
            return True
        return False

    def kill(self) -> None:
        """Kill the server and all its processes with SIGKILL; return when they are gone."""
        postmaster = self.pid()
        children = [number for number in _numbers() if _parent(number) == postmaster]
        for number in (postmaster, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while any(_runs(number) for number in (postmaster, *children)) and time.monotonic() < deadline:
            os.sched_yield()

    def sql(self, text: str, database: str = DATABASE) -> str:
        """Run statements and return what they print."""
        return self.run("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port), "-U", ROLE, "-c", text, database)

    def fill(self, dump: bytes, database: str = DATABASE) -> None:
        """Make `database` from a dump."""
        self.sql(f"CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0", "postgres")
        self.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port), "-U", ROLE, database, typed=dump)

    def follow(self, primary: "Server") -> None:
        """Become a synchronous standby of `primary`, and start."""
        primary.sql("SELECT pg_create_physical_replication_slot('standby')", "postgres")
        source = f"host=127.0.0.1 port={primary.port} user={ROLE} application_name=standby"
        self.run("pg_basebackup", "-D", self.data, "-d", source, "-R", "-X", "stream", "-S", "standby", "-c", "fast", "--no-sync")
        self.start()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'", "postgres")
        primary.sql("SELECT pg_reload_conf()", "postgres")
        deadline = time.monotonic() + PATIENCE
        while primary.sql("SELECT sync_state FROM pg_stat_replication", "postgres").strip() != "sync":
            assert time.monotonic() < deadline, "the standby doesn't follow"
            time.sleep(0.05)

    def promote(self) -> None:
        """Make the standby the primary: it takes writes, and waits for no other server."""
        self.run("pg_ctl", "-D", self.data, "-w", "promote")
        self.sql("ALTER SYSTEM RESET synchronous_standby_names", "postgres")
        self.sql("SELECT pg_reload_conf()", "postgres")

    def run(self, name: str, *arguments: "str | Path", typed: bytes = b"") -> str:
        """Run a program of PostgreSQL as its own user, and return its output. Raises RuntimeError with it."""
        # The server inherits what pg_ctl has open: a pipe here would never close.
        output = self.folder / "output"
        with output.open("wb") as file:
            command = [*_as_user(), program(name), *map(str, arguments)]
            done = subprocess.run(command, input=typed, stdout=file, stderr=file, cwd=self.folder, check=False)
        text = output.read_text(errors="replace")
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(text + (log.read_text(errors="replace")[-2000:] if log.exists() else ""))
        return text

    def pid(self) -> int:
        """Return the id of its main process. Raises OSError, IndexError or ValueError if it doesn't run."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])


def url_of(*servers: Server, port: int | None = None, database: str = DATABASE) -> str:
    """Return a DATABASE_URL that finds whichever of the servers takes writes. With `port`, at that port of this machine."""
    hosts = ",".join(server.host for server in servers) if port is None else f"127.0.0.1:{port}"
    return f"postgres://{ROLE}@{hosts}/{database}?connect_timeout=3" + ("&target_session_attrs=read-write" if len(servers) > 1 else "")


def made(folder: Path) -> Server:
    """Return a server whose folder belongs to the user that runs it, without data."""
    folder.mkdir()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return Server(folder, free_port())


@contextlib.contextmanager
def running(folder: Path, dump: bytes) -> Iterator[Server]:
    """Start a server whose database is made from `dump`; stop it in the end. Raises PostgresMissing."""
    server = made(folder)
    server.run("initdb", "-D", server.data, "-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    try:
        server.start()
        server.fill(dump)
        yield server
    finally:
        server.stop()


def _as_user() -> list[str]:
    if os.geteuid():
        return []
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]


def _numbers() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").glob("[0-9]*"))


def _parent(number: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _runs(number: int) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
