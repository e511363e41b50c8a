"""Measures requests per second of a guide, its size in bytes, and the memory of the server."""

import http.client
import re
from argparse import Namespace
from pathlib import Path

from benchmarks.sites import Client, bench_site, processes, wrk
from tests.support.site import Site

GUIDE = "/guides/what-heroin-withdrawal-feels-like/"


def run(options: Namespace) -> None:
    """Measure a guide without and with the page cache, its size and the memory of the processes."""
    for cached, seconds in (("off", "0"), ("on, 10 seconds", "10")):
        with bench_site(options, PAGE_CACHE_SECONDS=seconds) as site:
            Client(site).get(GUIDE)
            print(f"  page cache {cached}: 16 connections")
            wrk(site, GUIDE, options.seconds, 16)
            print(f"  page cache {cached}: 1 connection (time to a whole page)")
            wrk(site, GUIDE, 5, 1)
            if seconds != "0":
                _wire(site)
            _memory(site)


def _wire(site: Site) -> None:
    """Print the compressed size of everything that a first visit to a guide loads."""
    fetched = {GUIDE: _fetch(site, GUIDE)}
    page = fetched[GUIDE][1]
    for path in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))):
        fetched[path] = _fetch(site, path)
    for path, (size, _text) in fetched.items():
        print(f"    {size:>7} bytes  {path}")
    print(f"    {sum(size for size, _text in fetched.values()):>7} bytes in {len(fetched)} requests")


def _fetch(site: Site, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
    response = connection.getresponse()
    body = response.read()
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders()) + 17
    plain = Client(site).get(path)
    return len(body) + head, plain.decode(errors="replace")


def _memory(site: Site) -> None:
    """Print the memory (Pss) of each process of the site."""
    for number, part in sorted(processes(site), key=lambda process: process[1]):
        pss = next(line for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
        print(f"    memory {int(pss.split()[1]) // 1024:>4} MB  {part}")
