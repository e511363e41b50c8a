"""The lead's dashboard over few and over many inquiries, in turns."""

import contextlib
import time
from argparse import Namespace
from collections.abc import Sequence

from benchmarks.queue import DASHBOARD
from benchmarks.sites import Client, bench_site, busy_milliseconds
from tests.support.site import PASSWORD, Site

FEW = 10_000
TIMES = 20


def run(options: Namespace) -> None:
    """Measure the dashboards of a site with FEW inquiries and one with `options.rows`, alternately for comparable noise."""
    with contextlib.ExitStack() as stack:
        sites = [
            stack.enter_context(
                bench_site(Namespace(**vars(options) | {"rows": rows}), fill=("inquiries", str(rows)), CACHE_URL="dummycache://")
            )
            for rows in (FEW, options.rows)
        ]
        people = [Client(site) for site in sites]
        for person in people:
            person.sign_in("demo-lead", PASSWORD)
        for words, centre in (("all 20 centres", ""), ("one centre", "&centre=1")):
            for days in (7, 30, 90):
                print(f"  {days} days, {words}")
                _compare(sites, people, f"{DASHBOARD}?period={days}{centre}", (FEW, options.rows))


def _compare(sites: Sequence[Site], people: Sequence[Client], page: str, rows: tuple[int, int]) -> None:
    taken: list[list[float]] = [[], []]
    busy = [0.0, 0.0]
    for number in range(-4, TIMES):  # the first ones load modules and templates
        for place, (site, person) in enumerate(zip(sites, people, strict=True)):
            before, started = busy_milliseconds(site), time.perf_counter()
            person.get(page)
            if number >= 0:
                taken[place].append((time.perf_counter() - started) * 1000)
                busy[place] += busy_milliseconds(site) - before
    for place, times in enumerate(taken):
        times.sort()
        p95 = times[int(TIMES * 0.95) - 1]
        print(f"    {rows[place]:>9,}  p50 {times[TIMES // 2]:7.1f} ms   p95 {p95:7.1f} ms   processor {busy[place] / TIMES:6.1f} ms")
    fastest, middle = taken[1][0] / taken[0][0], taken[1][TIMES // 2] / taken[0][TIMES // 2]
    print(f"    ratio: fastest {fastest:.2f}, p50 {middle:.2f}, processor {busy[1] / max(busy[0], 1):.2f}", flush=True)
