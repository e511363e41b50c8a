"""Sites to measure, an HTTP client that can sign in, and functions that measure."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from tests.support.cluster import free_port, temporary_cluster
from tests.support.site import ROOT, Site, environment, prepare, site_like

WARM_UP_TOKENS = 2_000  # more than can be used while a load is warming up


@contextlib.contextmanager
def bench_site(options: Namespace, *, workers: int = 2, fill: tuple[str, ...] = (), **settings: str) -> Iterator[Site]:
    """Yield a running site with demo staff and starter guides on the database in `options`. `fill` adds rows before that.

    Requests may claim different networks with X-Real-IP, as real visitors have. Rate limits stay enabled.
    """
    # Otherwise the load would trigger the proof of work.
    usual = {"CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP", "ROUTING_SECONDS": "1", "PROOF_OF_WORK": "never"}
    settings = {**usual, **settings}
    with contextlib.ExitStack() as stack:
        if fill and options.keep:
            yield stack.enter_context(_kept_site(options, workers, fill, settings))
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-bench-")))
        cluster = stack.enter_context(temporary_cluster(durable=True)) if options.postgres else None
        template, static = folder / "template", folder / "static"
        url = cluster.create_database("template") if cluster else ""
        prepare(template, static, url)
        if fill:
            _fill(environment(template, static, 8000, url), fill)
        site = stack.enter_context(site_like(template, folder / "data", static, cluster, **settings))
        site.stop()
        site.start(workers)
        yield site


@contextlib.contextmanager
def _kept_site(options: Namespace, workers: int, fill: tuple[str, ...], settings: dict[str, str]) -> Iterator[Site]:
    """Yield the running site in `options.keep`, which is filled the first time and then reused."""
    folder = Path(options.keep).resolve() / f"{'postgres' if options.postgres else 'sqlite'}-{'-'.join(fill)}"
    data, static, filled = folder / "data", folder / "static", folder / "filled"
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(temporary_cluster(durable=True, kept=folder / "server")) if options.postgres else None
        database = "kept" if cluster else ""
        if cluster and not data.exists():
            cluster.create_database(database)
        url = cluster.url(database) if cluster else ""
        site = Site(data, environment(data, static, free_port(), url, **settings), 0, cluster, database)
        site.port = int(site.environment["SITE_URL"].rpartition(":")[2])
        # Also migrates tables created by an older version of the code.
        prepare(data, static, url)
        if not filled.exists():
            _fill(site.environment, fill)
            filled.touch()
        site.start(workers)
        stack.callback(site.stop)
        yield site


def _fill(variables: dict[str, str], fill: tuple[str, ...]) -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "benchmarks.filling", *fill], cwd=ROOT, env=variables, check=True)
    print(f"made in {time.monotonic() - started:.0f} s: {' '.join(fill)}", flush=True)


def machine() -> str:
    """Describe this machine and its current load."""
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {int(memory.split()[1]) // 1_000_000} GB, load before the start {load:.1f}"


def wrk(site: Site, path: str, seconds: int, connections: int, *, script: str = "", threads: int = 1, tokens: Path = Path()) -> str:
    """Run wrk on `path`, print its figures and return its report. `tokens` is a file for the wrk script."""
    command = ["wrk", "-t", str(threads), "-c", str(connections), "--latency", "--timeout", "30s"]
    if script:
        command += ["-s", str(ROOT / "benchmarks" / "lua" / script)]
    variables = {**os.environ, "BENCH_TOKENS": str(tokens), "BENCH_SKIP": "0"}
    # The first requests of a process load modules and templates.
    subprocess.run([*command, "-d", "3s", site.url + path], env=variables, capture_output=True, check=True)
    variables["BENCH_SKIP"] = str(WARM_UP_TOKENS)
    before = _processor_seconds(site)
    done = subprocess.run([*command, "-d", f"{seconds}s", site.url + path], env=variables, capture_output=True, text=True, check=True)
    prefixes = ("50%", "90%", "99%", "requests in", "Socket errors", "Non-2xx", "Requests/sec", "#")
    print(
        "\n".join(
            "    " + line.strip() for line in done.stdout.splitlines() if line.strip().startswith(prefixes) or " requests in " in line
        )
    )
    requests = int(next(line for line in done.stdout.splitlines() if " requests in " in line).split()[0])
    used = _processor_seconds(site) - before
    # Unlike the rate, processor time per request doesn't depend on other load of the machine.
    print("    processor time a request: " + ", ".join(f"{part} {seconds * 1000 / requests:.2f} ms" for part, seconds in used.items()))
    return done.stdout


PARTS = {"granian": "web server", "send_notifications": "worker", "housekeeping": "housekeeping"}


def processes(site: Site) -> Iterator[tuple[int, str]]:
    """Yield the id of each process of the site and the part of the site it belongs to."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environ, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes().decode()
        except OSError:
            continue
        part = next((part for word, part in PARTS.items() if word in command), "")
        if part and f"DATA_DIR={site.folder}\0".encode() in environ:
            yield int(folder.name), part


def busy_milliseconds(site: Site) -> float:
    """Return the processor time used so far by the web server and, on PostgreSQL, by the database's backends."""
    ticks = 0
    web = [number for number, part in processes(site) if part == "web server"]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, stat = (folder / "cmdline").read_bytes().decode(errors="replace"), (folder / "stat").read_text()
        except OSError:
            continue
        if int(folder.name) in web or (site.cluster and command.startswith("postgres:") and f" {site.database} " in command):
            fields = stat.rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _processor_seconds(site: Site) -> Counter[str]:
    used: Counter[str] = Counter()
    for number, part in processes(site):
        fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
        used[part] += int(fields[11]) + int(fields[12])  # user and system time, in ticks
    return Counter({part: ticks / os.sysconf("SC_CLK_TCK") for part, ticks in used.items()})


def timed(name: str, call: Callable[[], object], times: int = 100, *, site: Site | None = None, within: float | None = None) -> float:
    """Call `call` `times` times. Print p50, p95 and the maximum in milliseconds and return p95.

    With `site` also the processor time that a call costs the web server and the database's server; `within` is the
    p95 it should not exceed.
    """
    call()
    taken = []
    before = busy_milliseconds(site) if site else 0
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    p95 = taken[int(times * 0.95) - 1]
    line = f"    {name:<32} p50 {taken[times // 2]:7.1f} ms   p95 {p95:7.1f} ms   max {taken[-1]:7.1f} ms"
    if site:
        line += f"   processor {(busy_milliseconds(site) - before) / times:6.1f} ms"
    if within is not None and p95 > within:
        line += f"   OVER {within:.0f} ms"
    print(line, flush=True)
    return p95


class Served(Protocol):
    """Protocol of anything that listens on a local port."""

    port: int


class Client:
    """An HTTP client with one connection that keeps cookies."""

    def __init__(self, site: Served, address: str = "198.51.100.7") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.address = address

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Send a request. Return the status, the Location header and the body."""
        headers = {"X-Real-IP": self.address, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip().strip('"')
        return response.status, response.headers.get("Location", ""), content

    def get(self, path: str) -> bytes:
        """Return the body of a page. Raises an error if the status isn't 200."""
        status, _location, content = self.send("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path} answered {status}")
        return content

    def sign_in(self, username: str, password: str) -> None:
        """Sign in to the admin."""
        self.get("/admin/login/")
        token = hidden(self.get("/admin/login/"), "csrfmiddlewaretoken")
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": token, "next": "/admin/"}
        status, location, _content = self.send("POST", "/admin/login/", fields)
        if (status, location) != (302, "/admin/"):
            raise RuntimeError(f"{username} could not sign in: {status} {location}")


def hidden(page: bytes, name: str) -> str:
    """Return the value of the hidden input `name` in a page."""
    match = re.search(rf'name="{name}" value="([^"]*)"', page.decode())
    if not match:
        raise RuntimeError(f"There is no {name} in the page.")
    return match[1]
