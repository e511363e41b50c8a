"""Run the web server, the task worker and housekeeping together, until Ctrl-C or until one of them ends.

honcho runs the processes. Three things are added to it: when one process ends, all end, with an exit code other than 0 even if that
process ended with 0; a closed terminal (SIGHUP) stops them, too; and when the leader of a process group is killed, its children are
killed with it, because granian's workers would otherwise go on serving the port.
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

PATIENCE = 60  # seconds until the first page must have answered
# Nobody waits at a screen for what the worker and housekeeping do, so visitors come first on the processor. Linux may
# weigh whole sessions instead of processes, and each of ours has one of its own: hence both.
STEP_BACK = "echo 10 2>/dev/null >/proc/$$/autogroup; exec nice -n 10"


class Leader(Popen):
    """A process that, once it has ended, leaves none of its own children behind, however it ended."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        threading.Thread(target=self._sweep, daemon=True).start()

    def _sweep(self) -> None:
        self.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class Member(Process):
    """honcho's process, started as a Leader."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._child_ctor = Leader


class Processes(Manager):
    """honcho's manager, which notices which process ended by itself and shows nothing of its own bookkeeping."""

    def __init__(self) -> None:
        super().__init__(Printer(sys.stdout, prefix=False))
        self._process_ctor = Member
        self.stopped_by_signal = False
        self.first_to_end = ""

    def terminate(self) -> None:
        """Stop all; called for a signal and when one process has ended."""
        ended = [name for name, process in self._processes.items() if process.get("returncode") is not None]
        if ended and not self._terminating and self.returncode not in (130, 143):
            self.first_to_end = f"{ended[0]} stopped (exit code {self._processes[ended[0]]['returncode']})"
        super().terminate()

    def _system_print(self, data: str) -> None:
        """Leave out "started (pid=…)" and the like."""


def commands(port: int, workers: int) -> dict[str, str]:
    """Return the command line of each process."""
    python = shlex.quote(sys.executable)
    granian = (
        # One pool of memory for all threads: with one each, each keeps the 8 MiB that making a receipt takes for a moment.
        f"env MALLOC_ARENA_MAX=1 {python} -m granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers} "
        "--blocking-threads 4 --no-access-log --log-level warning --workers-kill-timeout 5 recovery_site.wsgi:application"
    )
    return {
        "The web server": f"exec {granian}",
        "The task worker": f"{STEP_BACK} {python} manage.py db_worker --interval 1 --no-startup-delay --no-reload --verbosity 0",
        "Housekeeping": f"{STEP_BACK} {python} manage.py housekeeping --loop 60",
    }


def can_listen(port: int) -> bool:
    """Tell whether 127.0.0.1:`port` is free; print the mend when it is not."""
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
    """Print the address once its front page has answered."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # No proxy that the environment names: the site is on this machine.
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
    """Run everything; return 0 after Ctrl-C or SIGTERM, else non-zero."""
    parser = argparse.ArgumentParser(prog="python -m script.run")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    if not can_listen(options.port):
        return 1
    multiprocessing.set_start_method("fork")

    def hung_up(_signal: int, _frame: FrameType | None) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    # A closed terminal stops all, too: the processes have sessions of their own and would live on.
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
