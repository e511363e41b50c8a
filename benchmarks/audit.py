"""Measures the audit trail: linking many events, kill -9 in the middle of it, verifying them, and the bytes they take."""

import contextlib
import datetime as dt
import itertools
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.cluster import temporary_cluster
from tests.support.site import ROOT, environment, prepare

TABLES = ("intake_event", "intake_link", "intake_signedhead")


def run(options: Namespace) -> None:
    """Add `options.rows` events to a site, link them with one kill -9, and verify them."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-bench-")))
        cluster = stack.enter_context(temporary_cluster(durable=True)) if options.postgres else None
        url = cluster.create_database("trail") if cluster else ""
        prepare(folder / "data", folder / "static", url)
        variables = environment(folder / "data", folder / "static", 8000, url)

        def part(*arguments: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([sys.executable, "-m", "benchmarks.audit", *arguments], cwd=ROOT, env=variables, stdout=sys.stdout)

        for arguments in (("fill", str(options.rows)), ("link", str(options.rows // 3)), ("link",), ("verify",)):
            if part(*arguments).wait() not in (0, -signal.SIGKILL):
                raise RuntimeError(f"{arguments[0]} failed")


def _fill(rows: int) -> None:
    from accounts.models import User
    from benchmarks import many_inquiries
    from benchmarks.bulk import copies
    from intake.models import Event, Inquiry

    many_inquiries.make(200)
    people = [*User.objects.values_list("pk", flat=True)]
    cases = [*Inquiry.objects.values_list("pk", "centre_id")]
    kinds = ("opened", "contact_shown", "claimed", "attempted", "replied", "searched")
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def values() -> Iterator[tuple[Any, ...]]:
        turns = zip(itertools.cycle(cases), itertools.cycle(people), itertools.cycle(kinds), strict=False)
        return (
            (*(case if number % 5 else (None, None)), kind, person, begin + dt.timedelta(seconds=number), {"number": number})
            for number, (case, person, kind) in enumerate(itertools.islice(turns, rows))
        )

    before = _bytes()
    copies(Event.objects.earliest("pk"), ("inquiry_id", "centre_id", "kind", "actor_id", "at", "data"), values())
    print(f"  bytes an event: {(_bytes() - before) / rows:.0f}")


def _link(until: float) -> None:
    """Link all; after `until` rows, kill this process while it links."""
    from intake.audit import chain, signing
    from intake.models import Event, Link

    linked, before, started = Link.objects.count(), _bytes(), time.monotonic()
    print(f"  linked at the start: {linked} of {Event.objects.count()}", flush=True)
    slowest = 0.0
    while True:
        began = time.monotonic()
        if not chain.link_new():
            break
        slowest = max(slowest, time.monotonic() - began)
        until -= chain.BATCH
        if until < 0:
            threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGKILL)).start()
    seconds = time.monotonic() - started
    count = Link.objects.count() - linked
    print(f"  linked: {count} in {seconds:.0f} s, {count / seconds:.0f} rows/s; the longest batch {slowest * 1000:.0f} ms")
    print(f"  bytes a link: {(_bytes() - before) / count:.0f}")
    for what, act in (("idle round", chain.link_new), ("whole look for unlinked rows", chain.link_all), ("heads", signing.sign_heads)):
        began = time.monotonic()
        act()
        print(f"  {what}: {(time.monotonic() - began) * 1000:.1f} ms")


def _verify() -> None:
    from intake.audit import daily, verifying

    heads, keys = daily.kept()
    started = time.monotonic()
    result = verifying.verify(heads=heads, keys=keys)
    seconds = time.monotonic() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  verified: {result.rows} rows in {seconds:.1f} s, {result.rows / seconds:.0f} rows/s, {memory:.0f} MB; {result.findings}")


def _bytes() -> int:
    """Return the bytes of the three tables and their indexes; on SQLite of the whole file."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s) AS name", [list(TABLES)])
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    django.setup()
    if sys.argv[1] == "fill":
        _fill(int(sys.argv[2]))
    elif sys.argv[1] == "verify":
        _verify()
    else:
        _link(float(sys.argv[2]) if len(sys.argv) > 2 else math.inf)
