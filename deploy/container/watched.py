"""Runs the program of a container, and ends it when it gives no sign of life. The container ends with it, and is started again.

    python deploy/container/watched.py 180 -- python manage.py send_notifications

Plays the part of systemd (Type=notify, WatchdogSec=): the program writes to NOTIFY_SOCKET (recovery_site/watchdog.py).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

START_WITHIN = 300.0  # seconds until the first sign of life
LOOK_EVERY = 1.0  # seconds, for the end of the program


def main() -> int:
    """Run the program; return its exit code, or 1 when it was ended because it hung."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("limit", type=float, metavar="SECONDS", help="that it may be silent")
    parser.add_argument("--start-within", type=float, default=START_WITHIN, metavar="SECONDS", help="default: %(default)s")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as signs:
        address = str(Path(folder, "notify"))
        signs.bind(address)
        signs.settimeout(LOOK_EVERY)
        program = subprocess.Popen(given.command, env={**os.environ, "NOTIFY_SOCKET": address})  # noqa: S603 (the container's own command)

        def stop(number: int, _frame: FrameType | None) -> None:
            program.send_signal(number)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        end = time.monotonic() + given.start_within
        while (code := program.poll()) is None:
            try:
                signs.recv(4096)
                end = time.monotonic() + given.limit
            except TimeoutError:
                if time.monotonic() > end:
                    sys.stderr.write(f"No sign of life of {given.command[-1]}: it is ended.\n")
                    program.kill()
                    program.wait()
                    return 1
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
