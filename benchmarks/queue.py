"""Measures the triage queue and the lead's dashboard with many inquiries."""

import itertools
import json
from argparse import Namespace
from functools import partial

from benchmarks.sites import Client, bench_site, hidden, timed
from tests.support.site import PASSWORD, Site

QUEUE = "/admin/intake/inquiry/"
DASHBOARD = f"{QUEUE}dashboard/"
WITHIN, DASHBOARD_WITHIN = 150, 800  # ms
TIMES = 40


def run(options: Namespace) -> None:
    """Make `options.rows` inquiries in 20 centres, then work the queue as triage of one centre and as lead of all."""
    # A report is cached for a minute; here each page makes it again.
    with bench_site(options, fill=("inquiries", str(options.rows)), CACHE_URL="dummycache://") as site:
        for person in ("demo-triage", "demo-lead"):
            print(f"  as {person} ({'one centre' if person == 'demo-triage' else 'all 20 centres'})")
            _read(site, person)


def _read(site: Site, person: str) -> None:
    staff = Client(site)
    staff.sign_in(person, PASSWORD)
    measure = partial(timed, times=TIMES, site=site, within=WITHIN)
    for view in ("next", "mine", "unclaimed", "overdue", "waiting", "closed", "spam"):
        measure(f"view {view}", partial(staff.get, f"{QUEUE}?view={view}"))
    measure("rows alone, refreshed", partial(staff.get, f"{QUEUE}rows/"))
    for filtered in ("priority=1", "for_whom=other", "contact_way=phone", "language=es"):
        measure(f"filter {filtered}", partial(staff.get, f"{QUEUE}?{filtered}"))
    token = hidden(staff.get(QUEUE), "csrfmiddlewaretoken")
    samples = itertools.cycle(json.loads((site.folder / "samples").read_text()))
    measure("find by reference", lambda: find(staff, next(samples)[0], token, 303))
    measure("find by phone", lambda: find(staff, next(samples)[1], token, 200))
    measure("open a case", lambda: staff.get(f"{QUEUE}{next(samples)[0]}/"))
    if person == "demo-lead":
        for centre, words in (("", "all"), ("&centre=1", "one centre")):
            for days in (7, 30, 90):
                page = partial(staff.get, f"{DASHBOARD}?period={days}{centre}")
                timed(f"dashboard of {days} days, {words}", page, TIMES, site=site, within=DASHBOARD_WITHIN)


def find(staff: Client, sought: str, token: str, expected: int) -> None:
    """Look somebody up. Raises RuntimeError if nothing is found."""
    status, _location, content = staff.send("POST", f"{QUEUE}find/", {"q": sought, "csrfmiddlewaretoken": token})
    if status != expected or (status == 200 and b"data-case" not in content):
        raise RuntimeError(f"find answered {status}")
