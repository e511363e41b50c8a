"""How many inquiries a worker can notify staff of in a second."""

import subprocess
import sys
from argparse import Namespace

from benchmarks.sites import bench_site
from tests.support.site import ROOT


def run(options: Namespace) -> None:
    """Let inquiries wait in the outbox while nothing else runs, then send what waits by one worker; three times."""
    with bench_site(options) as site:
        site.stop()
        for _round in range(3):
            command = [sys.executable, "-m", "benchmarks.filling", "drain", str(min(options.rows, 1_000))]
            subprocess.run(command, cwd=ROOT, env=site.environment, check=True)
