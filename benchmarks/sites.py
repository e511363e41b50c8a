"""A prepared site to measure, a client that signs in, and how figures are taken."""

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
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.cluster import temporary_cluster
from tests.support.site import ROOT, Site, environment, prepare, site_like


@contextlib.contextmanager
def bench_site(options: Namespace, *, workers: int = 2, fill: tuple[str, ...] = (), **settings: str) -> Iterator[Site]:
    """Yield a running site with demo staff and starter guides on the database that `options` name; `fill` adds rows first.

    Every request may come from a network of its own (X-Real-IP), as visitors' requests do; the limits stay in force.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-bench-")))
        cluster = stack.enter_context(temporary_cluster(durable=True)) if options.postgres else None
        template, static = folder / "template", folder / "static"
        url = cluster.create_database("template") if cluster else ""
        prepare(template, static, url)
        if fill:
            started = time.monotonic()
            command = [sys.executable, "-m", "benchmarks.filling", *fill]
            subprocess.run(command, cwd=ROOT, env=environment(template, static, 8000, url), check=True)
            print(f"made in {time.monotonic() - started:.0f} s: {' '.join(fill)}")
        settings = {"CLIENT_ADDRESS_HEADER": "HTTP_X_REAL_IP", **settings}
        site = stack.enter_context(site_like(template, folder / "data", static, cluster, **settings))
        site.stop()
        site.start(workers)
        yield site


def machine() -> str:
    """Return the size of this machine in words, with what else it had to do."""
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {int(memory.split()[1]) // 1_000_000} GB, load before the start {load:.1f}"


def wrk(site: Site, path: str, seconds: int, connections: int, *, script: str = "", threads: int = 1, tokens: Path = Path()) -> str:
    """Load `path` and return wrk's report, of which the figures are printed; `tokens` is a file for the script."""
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency", "--timeout", "30s"]
    if script:
        command += ["-s", str(ROOT / "benchmarks" / "lua" / script)]
    done = subprocess.run(
        [*command, site.url + path], env={**os.environ, "BENCH_TOKENS": str(tokens)}, capture_output=True, text=True, check=True
    )
    wanted = ("50%", "90%", "99%", "requests in", "Socket errors", "Non-2xx", "Requests/sec", "#")
    print(
        "\n".join("    " + line.strip() for line in done.stdout.splitlines() if line.strip().startswith(wanted) or " requests in " in line)
    )
    return done.stdout


def timed(name: str, call: Callable[[], object], times: int = 100) -> None:
    """Call `times` times and print p50, p95 and the slowest, in milliseconds."""
    call()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    print(
        f"    {name:<44} p50 {taken[times // 2]:7.1f} ms   p95 {taken[int(times * 0.95) - 1]:7.1f} ms   max {taken[-1]:7.1f} ms", flush=True
    )


class Client:
    """One person's browser: one connection, cookies kept."""

    def __init__(self, site: Site, address: str = "198.51.100.7") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.address = address

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Send a request; return status, Location and body."""
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
        """Return the body of a page that must answer 200."""
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
    """Return the value of the hidden input `name` of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.decode())
    if not found:
        raise RuntimeError(f"There is no {name} in the page.")
    return found[1]
