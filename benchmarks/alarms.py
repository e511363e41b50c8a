"""How long it takes from pressing Send until the message to whoever is on duty has left."""

import statistics
import time
from argparse import Namespace

from benchmarks.sites import Client, bench_site, hidden
from tests.support.site import Site, whole_mails

TIMES = 40
LIMIT = 60.0  # seconds: somebody knows within a minute


def run(options: Namespace) -> None:
    """Send dangerous forms one after the other, each at another moment of the worker's interval; print median and worst."""
    with bench_site(options) as site:
        waits = []
        for number in range(TIMES):
            client = Client(site, f"10.7.{number}.1")
            token = hidden(client.get("/contact/"), "token")
            before = _alarms(site)
            started = time.monotonic()
            form = {"token": token, "for_whom": "self", "contact_way": "mailbox", "message": "I want to die"}
            status, _location, _content = client.send("POST", "/contact/", form)
            if status != 303:
                raise SystemExit(f"The form was answered with {status}.")
            while _alarms(site) == before:
                if time.monotonic() - started > LIMIT:
                    raise SystemExit(f"Nobody was told within a minute.\n{site.logs()[-2000:]}")
                time.sleep(0.05)  # reading the mails must not take the worker's processor time
            waits.append(time.monotonic() - started)
            time.sleep(0.13)
        # The first one waits for the worker, which starts after the web server answers.
        first, *rest = waits
        print(f"  from Send to told, {len(rest)} times: median {statistics.median(rest):.2f} s, worst {max(rest):.2f} s")
        print(f"  the first, while the worker was starting: {first:.2f} s")


def _alarms(site: Site) -> int:
    """Return how many mails of alarms have been sent to demo-triage."""
    return sum("danger" in mail["Subject"] and mail["To"] == "demo-triage@example.org" for mail in whole_mails(site.folder / "mail"))
