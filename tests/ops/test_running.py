"""script/server on a real site: it keeps all data, and leaves nothing running when it stops."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.cluster import Cluster, free_port
from tests.support.site import ROOT, environment

pytestmark = pytest.mark.once

PATIENCE = 300  # seconds


class Server:
    """script/server, started as a person does in a terminal."""

    def __init__(self, data: Path, static: Path, database_url: str) -> None:
        self.port = free_port()
        variables = environment(data, static, self.port, database_url, RECOVERY_VENV=sys.prefix)
        self.data = data
        self.output = ""
        self.process = subprocess.Popen(
            [ROOT / "script" / "server", "--port", str(self.port)],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_it_says(self, words: str) -> None:
        """Read the output up to a line that contains `words`."""
        assert self.process.stdout
        # Without a limit this would wait for ever if the words never come.
        watch = threading.Timer(PATIENCE, self.process.kill)
        watch.start()
        try:
            for line in self.process.stdout:
                self.output += line
                if words in line:
                    return
        finally:
            watch.cancel()
        raise AssertionError(f"The server ended without saying {words!r}:\n{self.output}")

    def wait_for_the_end(self) -> int:
        """Read the rest of the output; return the exit code."""
        rest, _none = self.process.communicate(timeout=PATIENCE)
        self.output += rest
        return self.process.returncode

    def processes(self) -> dict[int, str]:
        """The command lines of all processes that work on this server's data, by their id."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                # A process that has ended and waits to be collected has an empty command line.
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if f"DATA_DIR={self.data}\0".encode() in (folder / "environ").read_bytes() and command:
                    found[int(folder.name)] = command
            except OSError:
                continue
        return found

    def the_process(self, words: str) -> int:
        """Return the id of the session leader whose command line contains `words`, leaving out its worker processes."""
        return next(number for number, command in self.processes().items() if words in command and os.getsid(number) == number)

    def all_gone(self) -> bool:
        """Return whether no process is left, after giving the system a moment to remove them."""
        deadline = time.monotonic() + PATIENCE
        while self.processes() and time.monotonic() < deadline:
            os.sched_yield()
        return not self.processes()


@pytest.fixture
def data(site_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(site_template, tmp_path / "data"))


@pytest.fixture
def database_url(site_template: Path, live_cluster: Cluster | None) -> Iterator[str]:
    """A database that belongs to `data`: a copy of the template's on PostgreSQL, or "" for the file in the folder."""
    if live_cluster is None:
        yield ""
        return
    name = f"running_{free_port()}"
    yield live_cluster.create_database(name, site_template.name)
    live_cluster.drop_database(name)


@pytest.fixture
def start(data: Path, static_folder: Path, database_url: str) -> Iterator[Callable[[], Server]]:
    """Start script/server on a prepared data folder and wait for its address."""
    started = []

    def starting() -> Server:
        server = Server(data, static_folder, database_url)
        started.append(server)
        server.wait_until_it_says("Press Ctrl-C to stop.")
        return server

    yield starting
    for server in started:
        for number in server.processes():
            os.kill(number, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to count processes with")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_all_and_leaves_nothing_running(start, how):
    server = start()
    running = " ".join(server.processes().values())
    assert all(part in running for part in ("granian", "db_worker", "housekeeping"))

    os.kill(server.process.pid, how)

    assert server.wait_for_the_end() == 0
    assert server.output.endswith("Stopped.\n")
    assert server.all_gone()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to count processes with")
@pytest.mark.parametrize(
    ("part", "name"), [("db_worker", "The task worker"), ("housekeeping --loop", "Housekeeping"), ("granian --interface", "The web server")]
)
def test_all_stop_when_one_of_them_dies(start, part, name):
    server = start()

    os.kill(server.the_process(part), signal.SIGKILL)

    assert server.wait_for_the_end() == 1
    assert f"server: {name} stopped (exit code -9), so everything was stopped." in server.output
    assert server.all_gone()


def test_a_second_start_keeps_all_data(start, data, database_url):
    first = start()
    variables = environment(data, data / "static", first.port, database_url)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "from intake.models import Centre; Centre.objects.update(phone='555-0142')"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    os.kill(first.process.pid, signal.SIGINT)
    first.wait_for_the_end()
    secret = (data / "secrets" / "secret_key").read_text()

    second = start()

    assert "==>" not in second.output  # nothing was created again
    assert "passwords" not in second.output
    assert (data / "secrets" / "secret_key").read_text() == secret
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "from intake.models import Centre; print(Centre.objects.get().phone)"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "555-0142"
