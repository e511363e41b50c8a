"""script/server on a real site: it keeps all data, and leaves nothing running when it stops."""

import contextlib
import itertools
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

from script import run
from tests.support.cluster import Cluster, free_port
from tests.support.site import ROOT, environment

pytestmark = pytest.mark.once

PATIENCE = 300  # seconds


# script.run with a program that only waits in place of each of the site's. What happens when one ends is the same for all.
STAND_INS = """
import shlex, sys
from script import run

wait = shlex.quote("import os, time; os.write(1, b'Started.' + bytes([10])); time.sleep(600)")  # in one piece: three write at once
names = enumerate(run.commands(0, 1))
stand_ins = {name: f"exec {sys.executable} -c {wait} stand-in-{number}" for number, name in names}
run.commands = lambda port, workers: stand_ins
sys.exit(run.main(["--port", sys.argv[1]]))
"""


class Server:
    """script/server, started as a person does in a terminal."""

    def __init__(self, data: Path, static: Path, database_url: str, command: list[str | Path] | None = None) -> None:
        self.port = free_port()
        variables = environment(data, static, self.port, database_url, RECOVERY_VENV=sys.prefix)
        self.data = data
        self.output = ""
        self.process = subprocess.Popen(
            command or [ROOT / "script" / "server", "--port", str(self.port)],
            cwd=ROOT,
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

    def kill(self) -> None:
        """End whatever still runs; it may end by itself meanwhile."""
        for number in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

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
        server.kill()


@pytest.fixture
def stand_ins(tmp_path: Path) -> Iterator[Server]:
    """The supervisor of script/server, with stand-ins for the web server, the worker and housekeeping, all of them started."""
    server = Server(tmp_path, tmp_path / "static", "", [sys.executable, "-c", STAND_INS, str(free_port())])
    for _process in range(3):
        server.wait_until_it_says("Started.")
    yield server
    server.kill()


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to count processes with")


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_all_and_leaves_nothing_running(stand_ins, how):
    os.kill(stand_ins.process.pid, how)

    assert stand_ins.wait_for_the_end() == 0
    assert stand_ins.output.endswith("Stopped.\n")
    assert stand_ins.all_gone()


@needs_proc
@pytest.mark.parametrize(("part", "name"), [("stand-in-1", "The worker"), ("stand-in-2", "Housekeeping")])
def test_reading_goes_on_when_one_of_the_others_dies_and_it_is_started_again(stand_ins, part, name):
    web = stand_ins.the_process("stand-in-0")
    for _death in range(2):
        os.kill(stand_ins.the_process(part), signal.SIGKILL)
        stand_ins.wait_until_it_says("Started.")

    assert stand_ins.the_process("stand-in-0") == web
    os.kill(stand_ins.process.pid, signal.SIGTERM)
    assert stand_ins.wait_for_the_end() == 0
    assert stand_ins.output.count(f"server: {name} stopped (exit code -9) and is started again.") == 1
    assert stand_ins.all_gone()


@needs_proc
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_nothing_goes_on_without_the_program_that_started_it(stand_ins):
    stand_ins.process.kill()

    assert stand_ins.all_gone()


def test_what_dies_again_and_again_is_started_after_growing_waits(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr("script.run.time.monotonic", lambda: now[0])
    part = run.Part("The worker", "exit 3")
    starts, start_for_real = [], part.start
    monkeypatch.setattr(part, "start", lambda: (starts.append(now[0]), start_for_real()))
    while len(starts) < 6:
        part.process.wait()
        part.look_after()
        now[0] += 0.5
    waits = [after - before for before, after in itertools.pairwise([1000.0, *starts])]
    assert waits == sorted(waits)
    assert waits[0] < 2
    assert 60 <= waits[-1] < 62
    assert capsys.readouterr().err.count("is started again") == 1


@needs_proc
def test_ctrl_c_stops_all_and_a_second_start_keeps_all_data_until_the_web_server_dies(start, data, database_url):
    """One test, for it takes two starts of the whole site."""
    first = start()
    running = " ".join(first.processes().values())
    assert all(part in running for part in ("granian", "send_notifications", "housekeeping"))
    variables = environment(data, data / "static", first.port, database_url)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "from intake.models import Centre; Centre.objects.update(phone='555-0142')"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    secret = (data / "secrets" / "secret_key").read_text()
    os.kill(first.process.pid, signal.SIGINT)
    assert first.wait_for_the_end() == 0
    assert first.output.endswith("Stopped.\n")
    assert first.all_gone()

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

    # granian's workers have to end with it, or they would go on serving the port.
    os.kill(second.the_process("granian --interface"), signal.SIGKILL)

    assert second.wait_for_the_end() == 1
    assert "server: The web server stopped (exit code -9), so everything was stopped." in second.output
    assert second.all_gone()
