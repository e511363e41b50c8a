"""What the processes of a site write to the disk, and what its database stores."""

import contextlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from benchmarks.sites import processes
from tests.support.site import Site

EVERY = 0.2  # seconds between two looks at processes that may end
WAITING = """
    SELECT (SELECT count(*) FROM intake_notification WHERE state = 'pending' AND next_attempt_at <= {now}),
        (SELECT count(*) FROM intake_event e LEFT JOIN intake_link l ON l.event_id = e.id WHERE l.event_id IS NULL),
        (SELECT count(*) FROM intake_inquiry WHERE NOT digested)
"""
_CALL = re.compile(r"(?:pwrite64|write|pwritev|writev)\(\d+<([^>]*)>.*= (\d+)$")


class Written:
    """Counts the bytes that the processes of a site, and those of its PostgreSQL, hand to the disk inside a `with` block.

    They are the kernel's `write_bytes`: whole pages of 4 KB, counted again when they are changed after they were written.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._first: dict[tuple[int, str], int] = {}
        self._last: dict[tuple[int, str], int] = {}
        self._stop = threading.Event()

    def __enter__(self) -> "Written":
        self._settle()
        self._first = dict(self._look())
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._settle()
        self._stop.set()
        self._thread.join()
        self._last |= dict(self._look())

    def total(self) -> int:
        """Return the bytes written."""
        return sum(self._parts().values())

    def by_part(self, number: int) -> str:
        """Return the bytes written by each part of the site, divided by `number`, as a text."""
        return ", ".join(f"{part} {size / number / 1024:.1f} KB" for part, size in self._parts().most_common())

    def _parts(self) -> Counter[str]:
        parts: Counter[str] = Counter()
        for (number, part), last in self._last.items():
            parts[part] += last - self._first.get((number, part), 0)
        return parts

    def _settle(self) -> None:
        """Have PostgreSQL write what it only holds in memory so far."""
        if self.site.cluster:
            with contextlib.closing(self.site.cluster.connect()) as connection, connection.cursor() as cursor:
                cursor.execute("CHECKPOINT")

    def _watch(self) -> None:
        while not self._stop.wait(EVERY):
            self._last |= dict(self._look())

    def _look(self) -> Iterator[tuple[tuple[int, str], int]]:
        for number, part in [*processes(self.site), *((number, "PostgreSQL") for number in self.database_processes())]:
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{number}/io").read_text().splitlines()
                yield (number, part), next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))

    def database_processes(self) -> list[int]:
        """Return the ids of the processes of this site's PostgreSQL."""
        if self.site.cluster is None:
            return []
        server = int((self.site.cluster.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return [server, *map(int, children)]

    def waiting(self) -> tuple[int, int, int]:
        """Return how many notifications are due, events not linked, and inquiries not indexed."""
        if self.site.cluster is None:
            path = f"file:{self.site.folder / 'db.sqlite3'}?mode=ro"
            with contextlib.closing(sqlite3.connect(path, uri=True, timeout=20)) as connection:
                row: tuple[int, int, int] = connection.execute(WAITING.format(now="strftime('%Y-%m-%d %H:%M:%f', 'now')")).fetchone()
                return row
        with contextlib.closing(self.site.cluster.connect(self.site.database)) as connection, connection.cursor() as cursor:
            cursor.execute(WAITING.format(now="now()"))
            return cursor.fetchone()


def stored_bytes(site: Site) -> int:
    """Return the bytes that rows and index entries take up: of used space on SQLite, of whole pages on PostgreSQL."""
    if site.cluster is None:
        with contextlib.closing(sqlite3.connect(site.folder / "db.sqlite3", timeout=20)) as connection:
            return int(connection.execute("SELECT sum(pgsize - unused) FROM dbstat").fetchone()[0])
    with contextlib.closing(site.cluster.connect(site.database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def files_written_by(site: Site) -> Iterator[Counter[str]]:
    """Yield a counter which holds afterwards the bytes that were written to each kind of file. Empty without strace."""
    sizes: Counter[str] = Counter()
    strace = shutil.which("strace")
    if strace is None:
        yield sizes
        return
    numbers = [number for number, _part in processes(site)] + Written(site).database_processes()
    with tempfile.NamedTemporaryFile(prefix="recovery-bench-") as calls:
        command = [strace, "-f", "-y", "-qq", "-s", "0", "-e", "trace=pwrite64,write,pwritev,writev", "-o", calls.name]
        tracer = subprocess.Popen([*command, *(word for number in numbers for word in ("-p", str(number)))], stderr=subprocess.DEVNULL)
        try:
            yield sizes
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(60)
        for line in Path(calls.name).read_text(errors="replace").splitlines():
            if match := _CALL.search(line):
                sizes[_kind(match[1])] += int(match[2])
    for other in ("", "sockets and pipes"):
        sizes.pop(other, None)


def _kind(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    kinds = {"/pg_wal/": "PostgreSQL's log", "/base/": "PostgreSQL's tables", "/mail/": "mail files"}
    if not path.startswith("/") or path.startswith("/dev"):
        return ""
    return next((kind for part, kind in kinds.items() if part in path), name if name.startswith("db.sqlite3") else "other files")
