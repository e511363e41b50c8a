"""Measures how many inquiries the site can receive per second."""

import subprocess
import sys
from argparse import Namespace

from benchmarks.sites import WARM_UP_TOKENS, bench_site, wrk
from tests.support.site import ROOT, Site


def send(options: Namespace) -> None:
    """POST forms with prepared tokens: the cost of storing a sealed inquiry with its receipt and notifications."""
    for connections in (4, 16):
        with bench_site(options) as site:
            tokens = site.folder / "tokens"
            command = [sys.executable, "-m", "benchmarks.filling", "tokens", str(options.seconds * 500 + WARM_UP_TOKENS), str(tokens)]
            subprocess.run(command, cwd=ROOT, env=site.environment, check=True)
            print(f"  POST /contact/, {connections} connections")
            wrk(site, "/contact/", options.seconds, connections, script="send.lua", tokens=tokens)
            _stored(site)


def visit(options: Namespace) -> None:
    """GET the form, then POST it with its token: two requests per visit."""
    with bench_site(options) as site:
        print("  GET /contact/ and POST it, 8 connections (a visit is two requests)")
        report = wrk(site, "/contact/", options.seconds, 8, script="visit.lua", threads=8)
        rate = next(float(line.split()[1]) for line in report.splitlines() if line.startswith("Requests/sec"))
        print(f"    visits a second {rate / 2:.1f}")
        _stored(site)


def _stored(site: Site) -> None:
    counts = "Inquiry.objects.count(), Receipt.objects.count(), KeyWrap.objects.count()"
    code = f"from intake.models import Inquiry, Receipt, KeyWrap; print({counts})"
    counts = site.manage("shell", "-c", code).splitlines()[-1]
    print(f"    stored inquiries, receipts, wraps: {counts}")
