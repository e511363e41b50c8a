"""Run the web server, the worker and housekeeping together, until Ctrl-C or until the web server ends.

A worker or housekeeping that ends is started again, with growing waits, because reading must not end with it. A closed terminal
(SIGHUP) stops all three. Whatever ends, in whatever way, takes its children along, because granian's workers would otherwise keep
serving the port; on Linux that also holds when this process itself is killed.
"""

import argparse
import contextlib
import multiprocessing
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

from recovery_site.network import lifetimes

PATIENCE = 60  # seconds until the first page must respond
LOOK_EVERY = 0.1  # seconds
STOP_SECONDS = 8.0  # after which what hasn't stopped is killed
# Seconds before the next start of something that ended by itself; the last repeats.
WAITS = (1.0, 2.0, 5.0, 15.0, 60.0)
# What ran for so many seconds is well: if it ends later, that is said again, and the first wait is the shortest.
IS_WELL = 120.0
WEB = "The web server"
# Housekeeping runs with lower priority than the others. The worker doesn't: it carries alarms. Linux may schedule by session instead of
# by process, and each process has its own session, so both are set.
STEP_BACK = "echo 10 2>/dev/null >/proc/$$/autogroup; exec nice -n 10"


class Part:
    """One of the three, started again when it ends."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command = name, command
        self.failures = 0
        self.start()

    def start(self) -> None:
        """Start the command in a session of its own, so that Ctrl-C in the terminal reaches this process only."""
        self.started_at = time.monotonic()
        self.start_again_at = 0.0
        self.process = subprocess.Popen(  # noqa: S603 (our own commands)
            ["/bin/sh", "-c", self.command],
            start_new_session=True,
            preexec_fn=lambda: lifetimes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 (this process has no threads)
        )

    @property
    def has_ended(self) -> bool:
        """Whether it isn't running. Its children are ended with it."""
        if self.process.poll() is None:
            return False
        self.kill()
        return True

    def look_after(self) -> None:
        """Start it again if it ended and the wait is over. Print that it ended, once for each series of failures."""
        if not self.has_ended:
            return
        now = time.monotonic()
        if not self.start_again_at:
            if now - self.started_at >= IS_WELL:
                self.failures = 0
            if not self.failures:
                code = self.process.returncode
                sys.stderr.write(f"server: {self.name} stopped (exit code {code}) and is started again. The lines above say why.\n")
            self.start_again_at = now + WAITS[min(self.failures, len(WAITS) - 1)]
            self.failures += 1
        elif now >= self.start_again_at:
            self.start()

    def terminate(self) -> None:
        """Ask it to stop."""
        if self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End whatever is left of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def commands(port: int, workers: int) -> dict[str, str]:
    """Return the command line of each process."""
    python = shlex.quote(sys.executable)
    granian = (
        # One malloc arena for all threads. With one per thread, each would keep the 8 MiB that creating a receipt needs.
        f"env MALLOC_ARENA_MAX=1 {python} -m granian --interface wsgi --host 127.0.0.1 --port {port} --workers {workers} "
        "--blocking-threads 4 --no-access-log --log-level warning --workers-kill-timeout 5 recovery_site.wsgi:application"
    )
    return {
        WEB: f"exec {granian}",
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
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
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


def stop(parts: list[Part]) -> None:
    """Stop all parts, and kill what takes longer than STOP_SECONDS."""
    for part in parts:
        part.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while not all(part.has_ended for part in parts) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
    for part in parts:
        part.kill()
        part.process.wait()


def main(arguments: list[str]) -> int:
    """Run everything. Return 0 after Ctrl-C or SIGTERM, otherwise non-zero."""
    parser = argparse.ArgumentParser(prog="python -m script.run")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    if not can_listen(options.port):
        return 1
    was_told_to_stop = False

    def told_to_stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal was_told_to_stop
        was_told_to_stop = True

    # Also when the terminal is closed: the processes have their own sessions and would keep running.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, told_to_stop)
    parts = {name: Part(name, command) for name, command in commands(options.port, options.workers).items()}
    announcer = multiprocessing.get_context("fork").Process(target=announce, args=(f"http://127.0.0.1:{options.port}/",), daemon=True)
    announcer.start()
    while not was_told_to_stop and not parts[WEB].has_ended:
        for name, part in parts.items():
            if name != WEB:
                part.look_after()
        time.sleep(LOOK_EVERY)
    stop(list(parts.values()))
    announcer.terminate()
    if not was_told_to_stop:
        code = parts[WEB].process.returncode
        sys.stderr.write(f"server: {WEB} stopped (exit code {code}), so everything was stopped. The lines above say why.\n")
        return 1
    sys.stdout.write("Stopped.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
