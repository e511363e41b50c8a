"""What running the site costs: start, memory, an idle minute, bytes written for an inquiry, and log lines for a fault."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.sites import Client, bench_site, hidden, processes
from benchmarks.written import Written, files_written_by, stored_bytes
from tests.support.cluster import free_port, temporary_cluster
from tests.support.site import ROOT, Site, environment, prepare

TRICKLE = 40  # forms, one at a time
PATIENCE = 180  # seconds until all side work of the forms is done
FORMS_OF_A_FAULT = 20
WORDS = "I would like to talk to someone about stopping. Please call me in the morning."


def run(options: Namespace) -> None:
    """Measure all of it, on the database of `options`."""
    _starts(options)
    with bench_site(options) as site:
        _memory(site)
        _idle_minute(site)
        _trickle(site)
        _load(site, min(options.seconds, 15))
    _faults(options)


def _starts(options: Namespace) -> None:
    """Print the seconds until the first page of a first start, of a later one, and of the web server alone, whose files are read before."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-bench-")))
        cluster = stack.enter_context(temporary_cluster(durable=True)) if options.postgres else None
        url = cluster.create_database("started") if cluster else ""
        data, static = folder / "data", folder / "static"
        site = Site(data, environment(data, static, free_port(), url), 0, cluster, "started")
        site.port = int(site.environment["SITE_URL"].rpartition(":")[2])
        for name in ("the first start, with tables, demo and guides", "a later start"):
            started = time.monotonic()
            prepare(data, static, url)
            site.start(workers=2)
            print(f"  {name}: {time.monotonic() - started:.1f} s")
            site.stop()
        command = [
            sys.executable,
            *["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "4"],
        ]
        command += ["--port", str(site.port), "--log-level", "warning", "recovery_site.wsgi:application"]
        started = time.monotonic()
        server = subprocess.Popen(command, cwd=ROOT, env=site.environment, stderr=subprocess.DEVNULL)
        try:
            while not _answers(site):
                time.sleep(0.02)
            print(f"  the web server alone: {time.monotonic() - started:.1f} s")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)


def _answers(site: Site) -> bool:
    try:
        Client(site).get("/")
    except (OSError, RuntimeError, http.client.HTTPException):
        return False
    return True


def _memory(site: Site) -> None:
    """Print the memory of each process that serves nothing (Pss: what is shared is divided), and their sum."""
    kilobytes: list[tuple[str, int]] = []
    for number, part in [*processes(site), *((number, "PostgreSQL") for number in Written(site).database_processes())]:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            kilobytes.append((part, int(next(line for line in lines if line.startswith("Pss:")).split()[1])))
    for part in sorted({part for part, _size in kilobytes}):
        sizes = sorted((size // 1024 for name, size in kilobytes if name == part), reverse=True)
        print(f"  memory of {part}: {sum(sizes)} MB ({' + '.join(map(str, sizes[:6]))}{' …' if len(sizes) > 6 else ''})")
    print(f"  memory of all: {sum(size for _part, size in kilobytes) // 1024} MB")


def _idle_minute(site: Site) -> None:
    """Print what two minutes without a visitor cost, as one."""
    time.sleep(65)  # the first round of housekeeping has more to do
    with Written(site) as written:
        before = _processor_seconds(site)
        time.sleep(120)
        used = {part: round(seconds / 2, 3) for part, seconds in (_processor_seconds(site) - before).items()}
    print(f"  an idle minute: processor {used} s; written {written.total() / 2048:.0f} KB ({written.by_part(2)})")


def _processor_seconds(site: Site) -> Counter[str]:
    used: Counter[str] = Counter()
    for number, part in [*processes(site), *((number, "PostgreSQL") for number in Written(site).database_processes())]:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            used[part] += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def _send(site: Site, number: int) -> int:
    """Send a form from a network of its own; return the status."""
    visitor = Client(site, f"10.{number // 250 % 250}.{number % 250}.9")
    fields = {"token": hidden(visitor.get("/contact/"), "token"), "for_whom": "self", "contact_way": "phone", "phone": "212-555-0142"}
    fields |= {"consent_call": "on", "name": "A name to use", "guide": "", "step": "0", "message": WORDS}
    return visitor.send("POST", "/contact/", fields)[0]


def _trickle(site: Site) -> None:
    """Send one form after the other, each when the notifications of the one before have left, and print what was written for one."""
    _send(site, 40_000)
    _wait_until_done(site)
    before = stored_bytes(site)
    with Written(site) as written:
        for number in range(TRICKLE):
            if (status := _send(site, number)) != 303:
                raise RuntimeError(f"form {number} was answered {status}")
            _wait_until_done(site, linked_and_indexed=False)
        _wait_until_done(site)
    stored = (stored_bytes(site) - before) / TRICKLE
    _say("one form at a time", TRICKLE, written, stored)
    with files_written_by(site) as by_file:
        for number in range(TRICKLE):
            _send(site, 1_000 + number)
            _wait_until_done(site, linked_and_indexed=False)
        _wait_until_done(site)
    if by_file:
        print("    by file: " + ", ".join(f"{name} {size / TRICKLE / 1024:.1f} KB" for name, size in by_file.most_common()))


def _load(site: Site, seconds: int) -> None:
    """Send forms from four visitors at once for `seconds`, and print what was written for one."""
    before, ends = stored_bytes(site), time.monotonic() + seconds
    sent: Counter[int] = Counter()

    def visitor(number: int) -> None:
        while time.monotonic() < ends:
            sent[_send(site, 2_000 + number + 4 * sent.total())] += 1

    with Written(site) as written:
        threads = [threading.Thread(target=visitor, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _wait_until_done(site)
    _say(f"four visitors at once, {sent[303] / seconds:.0f} forms a second", sent[303], written, (stored_bytes(site) - before) / sent[303])


def _say(name: str, forms: int, written: Written, stored: float) -> None:
    each = written.total() / forms
    print(f"  {name}, {forms} forms: stored {stored / 1024:.1f} KB, written {each / 1024:.0f} KB, {each / stored:.1f} times")
    print(f"    by process: {written.by_part(forms)}")


def _wait_until_done(site: Site, *, linked_and_indexed: bool = True) -> None:
    """Wait until nothing is to be sent; also until the audit trail is linked, and housekeeping has indexed and emptied the log."""
    deadline = time.monotonic() + PATIENCE
    log = site.folder / "db.sqlite3-wal"
    while True:
        pending, unlinked, unindexed = Written(site).waiting()
        is_empty = bool(site.cluster) or not log.exists() or log.stat().st_size < 100_000
        if not pending and (not linked_and_indexed or not (unlinked or unindexed or not is_empty)):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"Still waiting: {pending} notifications, {unlinked} events, {unindexed} inquiries, log empty: {is_empty}")
        time.sleep(0.1)


@contextlib.contextmanager
def _lines_of(site: Site, name: str, times: int, of: str) -> Iterator[None]:
    """Print how many lines were logged inside."""
    before = len(site.logs().splitlines())
    yield
    new = site.logs().splitlines()[before:]
    print(f"  {name}: {len(new)} lines for {times} {of}")
    for line, count in Counter(" ".join(line.split()[2:])[:110] for line in new).most_common(3):
        print(f"    {count} x {line}")


def _faults(options: Namespace) -> None:
    """Print the lines that faults leave in the log."""
    with bench_site(options, EMAIL_URL=f"smtp://127.0.0.1:{free_port()}") as site:
        _send(site, 0)
        with _lines_of(site, "mail server dead", FORMS_OF_A_FAULT, "forms"):
            for number in range(FORMS_OF_A_FAULT):
                _send(site, number)
            time.sleep(5)
        with _lines_of(site, "forms without a word, sent again to their sender", FORMS_OF_A_FAULT, "forms"):
            for number in range(FORMS_OF_A_FAULT):
                visitor = Client(site, f"10.9.{number}.9")
                visitor.send("POST", "/contact/", {"token": hidden(visitor.get("/contact/"), "token"), "step": "0"})
        with _lines_of(site, "requests for another host", FORMS_OF_A_FAULT, "requests"):
            for _number in range(FORMS_OF_A_FAULT):
                _ask_another_host(site)
        tokens = [(visitor := Client(site, f"10.7.{number}.9"), hidden(visitor.get("/contact/"), "token")) for number in range(10)]
        with _dead_database(site), _lines_of(site, "database dead", len(tokens), "forms, and the worker beside them"):
            threads = [threading.Thread(target=_try, args=pair) for pair in tokens]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()


def _try(visitor: Client, token: str) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        visitor.send("POST", "/contact/", {"token": token, "for_whom": "self", "contact_way": "mailbox", "step": "0", "message": WORDS})


def _ask_another_host(site: Site) -> None:
    with contextlib.closing(socket.create_connection(("127.0.0.1", site.port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: another.example.org\r\nConnection: close\r\n\r\n")
        while connection.recv(65_536):
            pass


@contextlib.contextmanager
def _dead_database(site: Site) -> Iterator[None]:
    """Stop the database's server, or hold SQLite's only lock for writing, until the block ends."""
    if site.cluster is None:
        import sqlite3

        with contextlib.closing(sqlite3.connect(site.folder / "db.sqlite3", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        return
    postmaster = int((site.cluster.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    members = [postmaster, *Written(site).database_processes()]
    os.kill(postmaster, signal.SIGQUIT)
    while any(Path(f"/proc/{number}").exists() for number in members):
        time.sleep(0.05)
    yield
