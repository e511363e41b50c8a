"""The site of a drill: each process is started by itself, as its unit does, and can be killed, stopped or started with other settings."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.run import commands
from tests.ops.drills import faults, hurry, postgres
from tests.ops.drills.telling import Watchers, watchers
from tests.support.cluster import free_port
from tests.support.drills import BROKEN, Browser
from tests.support.site import ROOT, environment

PATIENCE = 300  # seconds
WEB, WORKER, HOUSEKEEPING = "web", "worker", "housekeeping"
PARTS = (WEB, WORKER, HOUSEKEEPING)
RESTART_SECONDS = 2  # RestartSec of the units in deploy/systemd
_COMMANDS = {WEB: "The web server", WORKER: "The worker", HOUSEKEEPING: "Housekeeping"}


class Stage:
    """A site, its processes by name, its disk, its PostgreSQL server if it has one, and those who are told."""

    def __init__(self, disk: faults.Disk, watch: Watchers, static: Path, server: postgres.Server | None) -> None:
        self.disk, self.watch, self.server = disk, watch, server
        self.folder = disk.folder / "site"
        self.ports = {WEB: free_port()}
        self.code = ROOT
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = disk.folder.with_name(disk.folder.name + ".log")  # not on the disk that is filled
        self.clock = faults.Clock(disk.folder.with_name(disk.folder.name + ".clock"))
        ours = {
            "DJANGO_SETTINGS_MODULE": "tests.ops.drills.settings",
            "CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP",
            "PROOF_OF_WORK": "never",
            "EMAIL_URL": watch.mail.url,
            "EMAIL_URL_2": watch.second_mail.url,
            "HEARTBEAT_URL": watch.switch_url,
            "WEBHOOKS_INSIDE": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
            "DRILL_CLOCK": str(self.clock.file),
        }
        self.environment = environment(self.folder, static, self.ports[WEB], server.url if server else "", **ours)
        self.environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the tests; the doctor says that no site should have it
        self.servers = [server] if server else []
        disk.writers = self.writers

    @staticmethod
    def free_port() -> int:
        """Return a port for one more web server."""
        return free_port()

    def use(self, *servers: postgres.Server) -> None:
        """Let processes that start from now on look for the database on these servers."""
        self.server = servers[0]
        self.environment["DATABASE_URL"] = postgres.url_of(*servers)
        self.servers += [server for server in servers if server not in self.servers]

    @property
    def database(self) -> str:
        """The name of its kind of database."""
        return "PostgreSQL" if self.server else "SQLite"

    @property
    def addresses(self) -> list[str]:
        """The addresses of all its web servers."""
        return [f"http://127.0.0.1:{port}" for port in self.ports.values()]

    def start(self, *names: str, code: Path = ROOT, **variables: str) -> None:
        """Start these processes; each web server by the name that it has in `ports`. `variables` are settings of theirs only."""
        for name in names:
            part = name if name in PARTS else WEB
            command = commands(self.ports.get(name, 0), 2)[_COMMANDS[part]]
            command = command.replace("--no-access-log", "--respawn-failed-workers --no-access-log")
            command = command.replace(f"--loop {hurry.REAL_ROUND}", f"--loop {hurry.ROUND}")
            with self.logs.open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    ["sh", "-c", command],
                    cwd=code,
                    env={**self.environment, **variables},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def start_what_died(self) -> list[str]:
        """Start what ended by itself, as systemd does; return the names."""
        died = [name for name, process in self.processes.items() if process.poll() is not None]
        for name in died:
            self.kill(name)
        self.start(*died)
        return died

    def kill(self, name: str) -> None:
        """Kill a process and all that it started, as systemd does when a unit's main process was killed."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def stop(self, *names: str) -> None:
        """Stop processes as systemd does, with SIGTERM."""
        for name in names:
            process = self.processes.pop(name, None)
            if process is None:
                continue
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def restart(self, *names: str, **variables: str) -> None:
        """Stop and start processes, with settings of theirs only; return when the site is well."""
        self.stop(*names)
        self.start(*names, code=ROOT, **variables)
        self.wait_until_well()

    def wait_for_page(self, name: str) -> None:
        """Wait until the web server of this name shows its first page."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if Browser(f"http://127.0.0.1:{self.ports[name]}", 0, timeout=10).send("GET", "/contact/")[0] == 200:
                    return
            except BROKEN:
                assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)

    def wait_until_well(self) -> float:
        """Wait until housekeeping ended a round, and /health/ says ok to a question that was asked after; return the seconds."""
        begun = time.monotonic()
        try:
            return self.watch.well(self.watch.pinged(begun)) - begun
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from None

    def log(self) -> str:
        """The end of what the processes wrote."""
        return self.logs.read_text(errors="replace")[-3000:] if self.logs.exists() else ""

    def manage(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command with the site's settings, to its end."""
        command = [sys.executable, "manage.py", *arguments]
        variables = {**self.environment, **variables}
        return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def shell(self, code: str, **variables: str) -> str:
        """Run Python code with the site's settings; return what it prints. Raises RuntimeError with the errors."""
        done = self.manage("shell", "-v", "0", "-c", code, **variables)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def writers(self) -> list[int]:
        """Return the ids of all processes that write to its disk."""
        first = [process.pid for process in self.processes.values()] + [server.pid() for server in self.servers if server.runs()]
        return [number for one in first for number in faults.children(one)]

    def set_up_again(self) -> None:
        """After a drill that failed: end what it left, and start everything."""
        for name in [*self.processes]:
            self.kill(name)
        self.ports = {WEB: self.ports[WEB]}
        self.disk.free()
        self.clock.set_ahead(days=0)
        self.watch.mail.refuse_with, self.watch.mail.hangs = "", False
        if self.server and not self.server.runs():
            self.server.start()
        self.start(*PARTS)
        self.wait_until_well()

    def end(self) -> None:
        """Stop everything."""
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
        self.processes.clear()
        for server in self.servers:
            server.stop()
        self.logs.unlink(missing_ok=True)
        self.clock.remove()


@contextmanager
def stage(template: Path, static: Path, dump: bytes = b"") -> Iterator[Stage]:
    """Yield a running site with a copy of the data of `template` (tests.support.site.prepare), on PostgreSQL where there is a `dump`.

    Everything is stopped and removed in the end. Raises PostgresMissing.
    """
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(faults.disk())
        watch = stack.enter_context(watchers())
        server = stack.enter_context(postgres.running(disk.folder / "postgresql", dump)) if dump else None
        made = Stage(disk, watch, static, server)
        stack.callback(made.end)
        shutil.copytree(template, made.folder)
        made.start(*PARTS)
        threading.Thread(target=watch.watch, args=(made.ports[WEB],), daemon=True).start()
        made.wait_until_well()
        yield made
