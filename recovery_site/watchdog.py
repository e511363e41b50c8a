"""Telling systemd that a process works, so that one that is stuck is restarted (WatchdogSec= in deploy/systemd).

The worker and housekeeping call `ready` once and `alive` after each piece of work. A web server can't say it of itself, so it is run by
this module, which asks it for a page as a visitor would:

    python -m recovery_site.watchdog 8000 -- granian … recovery_site.wsgi:application

Without systemd (NOTIFY_SOCKET isn't set) all of this says nothing. No Django here: the outer process stays small.
"""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from types import FrameType

EVERY = 10.0  # seconds between two signs of life at least, and between two questions to a web server
ANSWER_WITHIN = 20.0  # seconds
# Each question reaches any of the web server's workers. While one of two is stuck, so many answers in a row are unlikely.
IN_A_ROW = 6

_said = 0.0  # when this process last gave a sign of life, by time.monotonic()


def ready() -> None:
    """Say that the process has started. Its unit is "active" from now on."""
    _notify("READY=1")


def alive() -> None:
    """Say that the process works: to be called after each piece of work. Cheap; at most every EVERY seconds it says something."""
    global _said  # noqa: PLW0603
    now = time.monotonic()
    if not _said or now - _said >= EVERY:
        _said = now
        _notify("WATCHDOG=1")


def _notify(state: str) -> None:
    """Send `state` to systemd's socket, as sd_notify(3) does. A socket that is gone is no reason to stop working."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # a socket without a file
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as stream:
        stream.connect(address)
        stream.sendall(state.encode("ascii"))


def answers(port: int, host: str, *, within: float = ANSWER_WITHIN) -> bool:
    """Return whether the web server at `port` of this machine answers in time, whatever it says: an error page is an answer, too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=within)
    try:
        connection.request("GET", "/health/", headers={"Host": host, "Connection": "close"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def watch(port: int, host: str, ended: threading.Event, *, every: float = EVERY, within: float = ANSWER_WITHIN) -> None:
    """Ask until `ended` is set. Say "ready" at the first answer, and "alive" while the last IN_A_ROW questions were all answered."""
    last: deque[bool] = deque(maxlen=IN_A_ROW)
    while not ended.is_set():
        answered = answers(port, host, within=within)
        if not last:
            if not answered:  # it is starting
                ended.wait(min(every, 0.2))
                continue
            _notify("READY=1")
        last.append(answered)
        if all(last):
            _notify("WATCHDOG=1")
        ended.wait(every)


def main(arguments: list[str] | None = None) -> int:
    """Run a web server and watch it. Return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m recovery_site.watchdog", description=__doc__)
    parser.add_argument("port", type=int, help="where the web server listens on 127.0.0.1")
    parser.add_argument("--every", type=float, default=EVERY, metavar="SECONDS", help="between two questions (default: %(default)s)")
    parser.add_argument("--within", type=float, default=ANSWER_WITHIN, metavar="SECONDS", help="for an answer (default: %(default)s)")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- and the command of the web server")
    options = parser.parse_args(arguments)
    command = [word for index, word in enumerate(options.command) if (index, word) != (0, "--")]
    if not command:
        parser.error("the command of the web server is missing, after --")
    server = subprocess.Popen(command)  # noqa: S603 (the unit's own command)

    def stop(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ended = threading.Event()
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "127.0.0.1"
    watcher = threading.Thread(
        target=watch, args=(options.port, host, ended), kwargs={"every": options.every, "within": options.within}, daemon=True
    )
    watcher.start()
    code = server.wait()
    ended.set()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main())
