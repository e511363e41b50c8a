"""systemd is told of a process that works, and of nothing when it is stuck: with a real socket, as systemd makes one."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from intake.management.commands import send_notifications
from recovery_site import watchdog
from recovery_site.management.commands import housekeeping
from tests.support.cluster import free_port
from tests.support.site import ROOT

PATIENCE = 120  # seconds
# A web server that answers until it is told to hang.
SERVER = textwrap.dedent(
    """
    import http.server, signal, sys, threading
    class Handler(http.server.BaseHTTPRequestHandler):
        hangs = False
        def do_GET(self):
            while Handler.hangs:
                signal.pause() if threading.current_thread() is threading.main_thread() else threading.Event().wait()
            self.send_response(503); self.end_headers()
        def log_message(self, *_arguments): pass
    def hang(*_arguments): Handler.hangs = True
    signal.signal(signal.SIGUSR1, hang)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """
)


class Systemd:
    """The socket at which systemd listens for signs of life."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(PATIENCE)

    def next(self) -> str:
        """Wait for what is said next."""
        return self.socket.recv(1000).decode()

    def heard(self) -> list[str]:
        """Return what was said and not read yet."""
        words = []
        self.socket.setblocking(False)
        try:
            while True:
                words.append(self.socket.recv(1000).decode())
        except BlockingIOError:
            return words
        finally:
            self.socket.settimeout(PATIENCE)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    listening = Systemd(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(listening.path))
    monkeypatch.setattr(watchdog, "EVERY", 0)
    monkeypatch.setattr(watchdog, "_said", 0.0)
    yield listening
    listening.socket.close()


def rounds_of_the_worker(*outcomes: Exception | None) -> None:
    """Let the worker do rounds that end so, and then stop."""
    worker = send_notifications.Command()
    waiting = list(outcomes)

    def catch_up() -> None:
        outcome = waiting.pop(0)
        worker.is_stopping = not waiting
        if outcome:
            raise outcome

    with mock.patch.object(worker, "_catch_up", catch_up), mock.patch.object(signal, "signal"):
        worker.handle(once=False, interval=0)


@pytest.mark.django_db(transaction=True)  # a round closes the connection when it has to
def test_a_worker_that_works_says_so_after_each_round(systemd):
    rounds_of_the_worker(None, None)
    assert systemd.heard() == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]


@pytest.mark.django_db
def test_a_worker_whose_rounds_all_fail_gives_no_sign_of_life(systemd):
    rounds_of_the_worker(RuntimeError(), RuntimeError())
    assert systemd.heard() == ["READY=1"]


@pytest.mark.django_db
def test_a_worker_is_not_started_again_because_the_database_is_away(systemd):
    rounds_of_the_worker(DatabaseError())
    assert systemd.heard() == ["READY=1", "WATCHDOG=1"]


@pytest.mark.django_db
def test_housekeeping_says_that_it_works_after_each_job_also_after_one_that_failed(systemd):
    def fails(_now: object) -> None:
        raise RuntimeError

    with mock.patch.object(housekeeping, "jobs", return_value={"fails": fails, "works": lambda _now: {}}):
        command = housekeeping.Command()
        command.only = "works"
        command.once()
        command.only = None
        command.once()
    assert systemd.heard() == ["WATCHDOG=1"] * 3


@pytest.mark.once
def test_signs_of_life_cost_nothing_where_there_is_no_systemd(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    with mock.patch.object(socket, "socket", side_effect=AssertionError):
        watchdog.ready()
        watchdog.alive()


@pytest.mark.once
def test_a_socket_that_is_gone_stops_no_work(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    watchdog.ready()


@pytest.mark.once
def test_signs_of_life_are_few(systemd, monkeypatch):
    monkeypatch.setattr(watchdog, "EVERY", 10)
    for _ in range(1000):
        watchdog.alive()
    assert systemd.heard() == ["WATCHDOG=1"]


@pytest.mark.once
def test_a_web_server_that_hangs_is_silent_and_one_that_answers_is_not(systemd):
    port = free_port()
    command = [sys.executable, "-m", "recovery_site.watchdog", "--every", "0.01", "--within", "0.2", str(port), "--"]
    process = subprocess.Popen([*command, sys.executable, "-c", SERVER, str(port)], cwd=ROOT)
    try:
        assert [systemd.next() for _ in range(4)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
        [server] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(server), signal.SIGUSR1)
        while watchdog.answers(port, "127.0.0.1", within=0.2):
            pass
        systemd.heard()
        assert not watchdog.answers(port, "127.0.0.1", within=0.2)  # as long as it takes the watch to ask
        assert systemd.heard() == []
    finally:
        process.terminate()
        assert process.wait(PATIENCE) != 0


@pytest.mark.once
def test_one_failure_in_six_answers_is_a_silence(systemd):
    """While one of two workers hangs, every other question is answered: that must not count as working."""
    ended = mock.Mock()
    ended.is_set.side_effect = [False] * 12 + [True]
    with mock.patch.object(watchdog, "answers", side_effect=[True, False] * 6):
        watchdog.watch(1, "x", ended, every=0)
    assert systemd.heard() == ["READY=1", "WATCHDOG=1"]


@pytest.mark.once
def test_the_web_servers_end_is_the_end_of_the_watch_with_the_same_code():
    command = [sys.executable, "-m", "recovery_site.watchdog", "1", "--", sys.executable, "-c", "raise SystemExit(7)"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 7


@pytest.mark.django_db
def test_a_single_round_by_hand_says_nothing_to_systemd(systemd):
    call_command("send_notifications", once=True)
    assert systemd.heard() == []
