"""Compares our queue with django-helpdesk, with the same number of tickets on the same machine and kind of database."""

import base64
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.queue import DASHBOARD, QUEUE, find
from benchmarks.sites import Client, bench_site, hidden, timed
from tests.support.cluster import ROLE, Cluster, free_port, temporary_cluster
from tests.support.site import PASSWORD, ROOT, Site

OURS, THEIRS = 40, 5  # requests per page; theirs take seconds
FASTER = 20  # the least acceptable ratio
PATIENCE = 60  # seconds until the first page must respond
REQUIREMENTS = ROOT / "benchmarks" / "helpdesk_site" / "requirements.txt"
TABLE = {"draw": 1, "start": 0, "length": 25, "order[0][column]": 0, "order[0][dir]": "desc"}


@dataclass
class Helpdesk:
    """A running django-helpdesk site."""

    port: int


def run(options: Namespace) -> None:
    """Measure list, search and dashboard of both with `options.rows` tickets, and print how many times faster ours are."""
    with contextlib.ExitStack() as stack:
        folder = Path(options.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-"))).resolve()
        folder.chmod(0o755)  # PostgreSQL runs as another user
        print(f"  django-helpdesk, {_versions()}")
        with _helpdesk(folder, options) as theirs:
            slow = _their_times(theirs)
    print("  Recovery Site")
    with bench_site(options, fill=("inquiries", str(options.rows)), CACHE_URL="dummycache://") as site:
        fast = _our_times(site)
    print("  how many times faster (p95)")
    for what, milliseconds in fast.items():
        ratio = slow[what] / milliseconds
        print(f"    {what:<32} {ratio:7.0f} times" + ("" if ratio >= FASTER else f"   UNDER {FASTER}"))


def _versions() -> str:
    return ", ".join(line for line in REQUIREMENTS.read_text().split() if "==" in line)


@contextlib.contextmanager
def _helpdesk(folder: Path, options: Namespace) -> Iterator[Helpdesk]:
    """Yield a running django-helpdesk with `options.rows` tickets. Its environment and data are created if missing."""
    environment = folder / "helpdesk-venv"
    python = str(environment / "bin" / "python")
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS], check=True)
    data = folder / f"helpdesk-{'postgres' if options.postgres else 'sqlite'}-{options.rows}"
    data.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(temporary_cluster(durable=True, kept=data / "server")) if options.postgres else None
        variables = _variables(data, cluster)
        filled = data / "filled"
        if not filled.exists():
            started = time.monotonic()
            if cluster:
                cluster.drop_database("helpdesk")
                cluster.create_database("helpdesk")
            command = [python, "-m", "benchmarks.helpdesk_site.fill", str(options.rows), PASSWORD]
            subprocess.run(command, cwd=ROOT, env=variables, check=True)
            filled.touch()
            print(f"made in {time.monotonic() - started:.0f} s: {options.rows} tickets", flush=True)
        port = free_port()
        # The same number of processes and threads as our own server.
        server = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
        server += ["--blocking-threads", "4", "--no-access-log", "--log-level", "warning", "benchmarks.helpdesk_site.wsgi:application"]
        with (data / "log").open("ab") as log, subprocess.Popen(server, cwd=ROOT, env=variables, stdout=log, stderr=log) as process:
            try:
                _wait(f"http://127.0.0.1:{port}/admin/login/")
                yield Helpdesk(port)
            finally:
                process.terminate()


def _variables(data: Path, cluster: Cluster | None) -> dict[str, str]:
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "benchmarks.helpdesk_site.settings",
        "HELPDESK_FOLDER": str(data),
    }
    if cluster:
        variables |= {"HELPDESK_SOCKET": str(cluster.folder), "HELPDESK_DATABASE": "helpdesk", "HELPDESK_USER": ROLE}
    return variables


def _wait(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            opener.open(url, timeout=10).close()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _their_times(helpdesk: Helpdesk) -> dict[str, float]:
    staff = Client(helpdesk)
    staff.sign_in("demo-lead", PASSWORD)

    def table(search: str) -> bytes:
        """Return the rows that the list page fetches: open tickets, or those that contain a word."""
        query = {"filtering": {} if search else {"status__in": [1, 2]}, "sorting": "created", "search_string": search}
        encoded = base64.b64encode(json.dumps(query).encode()).decode()
        rows = staff.get(f"/helpdesk/datatables_ticket_list/{encoded}?{urlencode(TABLE)}")
        if not json.loads(rows)["data"]:
            raise RuntimeError("The list is empty.")
        return rows

    numbers = itertools.cycle(range(1, 9))
    return {
        "list": timed("list of open tickets", lambda: table(""), THEIRS),
        "search": timed("search for a sender", lambda: table(f"someone-{next(numbers)}@"), THEIRS),
        "dashboard": timed("dashboard", lambda: staff.get("/helpdesk/dashboard/"), THEIRS),
    }


def _our_times(site: Site) -> dict[str, float]:
    staff = Client(site)
    staff.sign_in("demo-lead", PASSWORD)
    token = hidden(staff.get(QUEUE), "csrfmiddlewaretoken")
    samples = itertools.cycle(json.loads((site.folder / "samples").read_text()))
    return {
        "list": timed("the queue of all centres", lambda: staff.get(QUEUE), OURS, site=site),
        "search": timed("find by phone", lambda: find(staff, next(samples)[1], token, 200), OURS, site=site),
        "dashboard": timed("dashboard of 30 days", lambda: staff.get(DASHBOARD), OURS, site=site),
    }
