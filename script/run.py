"""Run the web server, the worker and housekeeping together, until Ctrl-C or until one of them ends.

honcho runs the processes, with three additions: when one process ends, all are stopped, with a non-zero exit code; a closed
terminal (SIGHUP) stops them, too; and when the leader of a process group is killed, its children are killed, because granian's
workers would otherwise keep serving the port.
"""

import argparse
import contextlib
import multiprocessing
import os
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import Any

from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Popen, Process

PATIENCE = 60  # seconds until the first page must respond
# Housekeeping runs with lower priority than the others. The worker doesn't: it carries alarms. Linux may schedule by session instead of
# by process, and each process has its own session, so both are set.
STEP_BACK = "echo 10 2>/dev/null >/proc/$$/autogroup; exec nice -n 10"


class Leader(Popen):
    """A process whose children are all ended when it ends, in whatever way."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        threading.Thread(target=self._sweep, daemon=True).start()

    def _sweep(self) -> None:
        self.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Member(Process):
    """honcho's Process, started as a Leader."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._child_ctor = Leader


class Processes(Manager):
    """honcho's Manager, which also records which process ended by itself and hides honcho's own messages."""

    def __init__(self) -> None:
        super().__init__(Printer(sys.stdout, prefix=False))
        self._process_ctor = Member
        self.stopped_by_signal = False
        self.first_to_end = ""

    def terminate(self) -> None:
        """Stop all processes. Called for signals and when a process has ended."""
        ended = [name for name, process in self._processes.items() if process.get("returncode") is not None]
        if ended and not self._terminating and self.returncode not in (130, 143):
            self.first_to_end = f"{ended[0]} stopped (exit code {self._processes[ended[0]]['returncode']})"
        super().terminate()

    def _system_print(self, data: str) -> None:
        """Don't print "started (pid=…)" and similar messages."""


def commands(port: int, workers: int) -> dict[str, str]:
    """Return the command line of each process."""
    python = shlex.quote(sys.executable)
    granian = (
        # One malloc arena for all threads. With one per thread, each would keep the 8 MiB that creating a receipt needs.
        f"env MALLOC_ARENA_MAX=1 {python} -m granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers} "
        "--blocking-threads 4 --no-access-log --log-level warning --workers-kill-timeout 5 recovery_site.wsgi:application"
    )
    return {
        "The web server": f"exec {granian}",
        "The worker": f"exec {python} manage.py send_notifications",
        "Housekeeping": f"{STEP_BACK} {python} manage.py housekeeping --loop 60",
    }


def can_listen(port: int) -> bool:
    """Return whether 127.0.0.1:`port` is free. If not, print what to do."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.stderr.write(
                f"server: Port {port} is kept for the system's own services. Choose one above 1023: script/server --port 8000\n"
            )
        except OSError:
            sys.stderr.write(f"server: Port {port} is taken. Choose another: script/server --port {port + 1 if port < 65535 else 8000}\n")
        else:
            return True
    return False


def announce(url: str) -> None:
    """Print the URL once the front page responds."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Ignore proxies in the environment, since the site is local.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with opener.open(url, timeout=5):
                sys.stdout.write(f"\nThe site is at {url} and its staff pages at {url}admin/. Press Ctrl-C to stop.\n")
                sys.stdout.flush()
                return
        except urllib.error.HTTPError as error:
            sys.stderr.write(f"server: The front page answers with an error ({error.code}). The lines above say where it comes from.\n")
            return
        except OSError:
            time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """Run everything. Return 0 after Ctrl-C or SIGTERM, otherwise non-zero."""
    parser = argparse.ArgumentParser(prog="python -m script.run")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    if not can_listen(options.port):
        return 1
    multiprocessing.set_start_method("fork")

    def hung_up(_signal: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    # Also stop when the terminal is closed: the processes have their own sessions and would keep running.
    signal.signal(signal.SIGHUP, hung_up)
    manager = Processes()
    for name, command in commands(options.port, options.workers).items():
        manager.add_process(name, command)
    announcer = multiprocessing.Process(target=announce, args=(f"http://127.0.0.1:{options.port}/",), daemon=True)
    announcer.start()
    manager.loop()
    announcer.terminate()
    if manager.first_to_end:
        sys.stderr.write(f"server: {manager.first_to_end}, so everything was stopped. The lines above say why.\n")
        return 1
    sys.stdout.write("Stopped.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
