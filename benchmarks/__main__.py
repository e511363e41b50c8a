"""Run a benchmark and print its results."""

import argparse
import datetime as dt
import sys

from benchmarks import (
    alarms,
    audit,
    crowd,
    dashboard,
    guides,
    helpdesk,
    inquiries,
    killing,
    lighthouse,
    outbox,
    pages,
    proxy,
    queue,
    running,
    wagtail,
)
from benchmarks.sites import machine
from tests.support.cluster import clean_up_when_told_to_stop

WORKLOADS = {
    "pages": (pages.run, "a guide: pages a second and time to the first byte, with the page cache and without; bytes; memory"),
    "nginx": (proxy.run, "a guide from the cache of the nginx configuration that we ship, against a plain file from the same nginx"),
    "wagtail": (wagtail.run, "the same guide here and on a Wagtail site from PyPI, in turns, with and without a page cache; their ratio"),
    "inquiries": (inquiries.send, "POST /contact/: sealed inquiries a second, p99"),
    "running": (running.run, "start, memory, an idle minute, bytes written for an inquiry, log lines for a fault"),
    "outbox": (outbox.run, "inquiries a second whose notifications one worker sends, of 1,000 that wait"),
    "alarms": (alarms.run, "danger: seconds from Send until the message to whoever is on duty has left; median and worst of 40"),
    "visits": (inquiries.visit, "GET /contact/, then POST: visits a second"),
    "lighthouse": (lighthouse.run, "Lighthouse on home, a guide, search and contact; needs npm"),
    "kill": (killing.run, "kill -9 under load: every acknowledged inquiry is there once and opens with its receipt"),
    "guides": (guides.run, "search and the admin over --rows guides with five editions each"),
    "queue": (queue.run, "the triage queue over --rows inquiries and five times as many events"),
    "dashboard": (dashboard.run, "the lead's dashboard over 10,000 and over --rows inquiries, in turns; the ratio of what they cost"),
    "audit": (audit.run, "the audit trail: --rows events linked, with a kill -9 in the middle, and verified; bytes of each"),
    "crowd": (crowd.run, "50 people refresh and work while 20 inquiries a second arrive: no error, nothing lost"),
    "helpdesk": (helpdesk.run, "the same over as many tickets in django-helpdesk, and how many times faster ours is; needs pip"),
}


def main() -> int:
    """Parse the command line and run the workload."""
    names = "\n".join(f"  {name:<10} {about}" for name, (_run, about) in WORKLOADS.items())
    parser = argparse.ArgumentParser(
        prog="script/bench", epilog=f"workloads:\n{names}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workload", choices=WORKLOADS, metavar="NAME", help="which workload (below)")
    parser.add_argument("--postgres", action="store_true", help="use a temporary PostgreSQL server instead of SQLite")
    parser.add_argument("--seconds", type=int, default=20, help="how long each load runs (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000, help="the number of guides or inquiries to create (default: %(default)s)")
    parser.add_argument("--keep", default="", metavar="FOLDER", help="keep the site in this folder and use it again next time")
    options = parser.parse_args()
    clean_up_when_told_to_stop()
    database = "PostgreSQL" if options.postgres else "SQLite"
    print(f"# {options.workload} on {database}, {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    WORKLOADS[options.workload][0](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
