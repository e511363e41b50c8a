"""The triage queue over many inquiries."""

import subprocess
import sys
from argparse import Namespace
from functools import partial

from benchmarks.sites import Client, bench_site, hidden, timed
from tests.support.site import PASSWORD, ROOT, Site

QUEUE = "/admin/intake/inquiry/"
PHONE = "555-0142"


def run(options: Namespace) -> None:
    """Make `options.rows` inquiries in 20 centres, then read the queue as triage of one centre and as lead of all."""
    with bench_site(options, fill=("inquiries", str(options.rows))) as site:
        for person in ("demo-triage", "demo-lead"):
            print(f"  as {person} ({'one centre' if person == 'demo-triage' else 'all 20 centres'})")
            _read(site, person)
        command = [sys.executable, "-m", "benchmarks.filling", "explain", "queue"]
        subprocess.run(command, cwd=ROOT, env=site.environment, check=True)


def _read(site: Site, person: str) -> None:
    staff = Client(site)
    staff.sign_in(person, PASSWORD)
    for view in ("next", "mine", "unclaimed", "overdue", "waiting", "closed", "spam"):
        timed(f"view {view}", partial(staff.get, f"{QUEUE}?view={view}"), 40)
    for filtered in ("priority=1", "for_whom=other", "contact_way=phone", "language=es"):
        timed(f"filter {filtered}", partial(staff.get, f"{QUEUE}?{filtered}"), 40)
    token = hidden(staff.get(QUEUE), "csrfmiddlewaretoken")
    reference = (site.folder / "case").read_text()
    timed("find by reference", lambda: _find(staff, reference, token), 40)
    timed("find by phone", lambda: _find(staff, PHONE, token), 40)
    timed("open a case", lambda: staff.get(f"{QUEUE}{reference}/"), 40)


def _find(staff: Client, sought: str, token: str) -> None:
    status, _location, _content = staff.send("POST", f"{QUEUE}find/", {"q": sought, "csrfmiddlewaretoken": token})
    if status not in (200, 303):
        raise RuntimeError(f"find answered {status}")
