"""A disk that can be filled, a cable that can be cut, and a clock that can be set."""

import contextlib
import datetime as dt
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import time_machine

from tests.support.cluster import free_port

DISK_BYTES = 400_000_000
BLOCK = b"\0" * 1_000_000


class Disk:
    """A folder on a file system of its own, or, where none may be mounted, one whose writers can be given no room.

    `writers` returns the ids of the processes that write there.
    """

    def __init__(self, folder: Path, *, is_mounted: bool) -> None:
        self.folder, self.is_mounted = folder, is_mounted
        self.writers: Callable[[], Iterable[int]] = list

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave no room: each write that needs more fails."""
        if not self.is_mounted:
            self._limit(0)
            return
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(BLOCK)

    def top_up(self) -> None:
        """Take what somebody gave free since."""
        if self.is_mounted:
            with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(BLOCK[:4096])
        else:
            self._limit(0)

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)
        if not self.is_mounted:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        for number in self.writers():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(number, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@contextlib.contextmanager
def disk() -> Iterator[Disk]:
    """Make a folder, on a small file system of its own where this user may mount one; remove it in the end."""
    # A socket of PostgreSQL lies below it, whose path may have 107 bytes: hence /tmp.
    folder = Path(tempfile.mkdtemp(prefix="recovery-drill-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0755", "recovery-drill", str(folder)]
    is_mounted = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    folder.chmod(0o755)  # the user of PostgreSQL reaches its own folder below it
    try:
        yield Disk(folder, is_mounted=is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


class Cable:
    """A TCP connection's way from `port` to another one of this machine, which can be cut.

    Cut with `hangs`, it stays open and lets nothing through, as behind a switch that has died; otherwise it is closed, and a new one
    is refused.
    """

    def __init__(self, to: int) -> None:
        self.port, self._to = free_port(), to
        self._ends: list[socket.socket] = []
        self._through = threading.Event()
        self._through.set()
        self._closed = False
        self._listener: socket.socket | None = None

    def __enter__(self) -> "Cable":
        self._listen()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed = True
        self.cut()
        self._through.set()

    def cut(self, *, hangs: bool = False) -> None:
        """Let nothing through any more."""
        if hangs:
            self._through.clear()
            return
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self._drop()

    def mend(self) -> None:
        """Let everything through again, by new connections."""
        if self._through.is_set():
            self._listen()
        else:
            self._drop()
            self._through.set()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _drop(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, listener: socket.socket) -> None:
        while not self._closed:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._ends.append(near)
        self._through.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            near.close()
            return
        self._ends.append(far)
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(65_536):
                self._through.wait()
                other.sendall(content)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Clock:
    """The wall clock of all processes that follow() the same file. It is set while they run; time.monotonic() and timers go on.

    Only Python's own clock is set, inside of each process. libfaketime can't do it from outside: with 0.9.10 (Debian 12), time.sleep()
    fails unless the monotonic clock is faked as well, which no jump of a real clock touches.
    """

    LOOKED_AT_EVERY = 0.02  # seconds

    def __init__(self, file: Path) -> None:
        self.file = file

    def set_ahead(self, *, days: float) -> None:
        """Let the clock be so far ahead of the true one."""
        new = self.file.with_name(f"{self.file.name}.new")
        new.write_text(str(days))
        new.replace(self.file)

    def remove(self) -> None:
        """Remove the file. Those who follow it keep the time that they have."""
        self.file.unlink(missing_ok=True)

    def follow(self) -> None:
        """Set this process's clock by the file, now and until it ends."""
        traveller = time_machine.travel(dt.timedelta(), tick=True).start()
        time.time()  # it begins with the first question, which two threads must not ask at once
        ahead = self._move(traveller, 0)

        def keep_looking() -> None:
            nonlocal ahead
            while True:
                time.sleep(self.LOOKED_AT_EVERY)
                ahead = self._move(traveller, ahead)

        threading.Thread(target=keep_looking, daemon=True).start()

    def _move(self, traveller: time_machine.Traveller, ahead: float) -> float:
        try:
            wanted = float(self.file.read_text())
        except FileNotFoundError:
            return ahead
        if wanted != ahead:
            traveller.shift(dt.timedelta(days=wanted - ahead))
        return wanted


def children(number: int) -> list[int]:
    """Return the ids of a process and of all that descend from it."""
    found = [number]
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    for one in found:
        found += [child for child, parent in parents.items() if parent == one and child != os.getpid()]
    return found
