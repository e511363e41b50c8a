"""Starts the site on several machines and takes it through the bad days: `python -m tests.ops.machines [--number 10000]`.

Prints the table of docs/several-machines.md. With --stay everything runs until Ctrl-C, to look at.
"""

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.ops.machines", description=__doc__)
    parser.add_argument("--number", type=int, default=10_000, help="how many inquiries are sent in all, at least (10000)")
    parser.add_argument("--threads", type=int, default=6, help="how many visitors send at a time (6)")
    parser.add_argument("--stay", action="store_true", help="send nothing, and let everything run until Ctrl-C")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "recovery_site.settings"

    from tests.ops.machines import story
    from tests.ops.machines.sites import machines
    from tests.support.cluster import clean_up_when_told_to_stop
    from tests.support.drills import Visitors

    clean_up_when_told_to_stop()
    with tempfile.TemporaryDirectory(prefix="recovery-static-", dir="/tmp") as name:
        begun = time.monotonic()
        with machines(Path(name), loop=60) as running:
            where = "network namespaces" if running.staff.machine.inside else "addresses of 127.0.0.0/8"
            print(f"Started in {time.monotonic() - begun:.0f} s, in {where}: {', '.join(running.addresses)}", flush=True)
            if options.stay:
                signal.pause()
                return
            quarter = options.number // 4
            with Visitors(running.addresses, threads=options.threads) as visitors:
                visitors.wait_for(quarter)
                rows = [story.standby_away(running, visitors, quarter)]
                rows.append(story.promotion(running, visitors, quarter, silently=True))
                print("\n".join(story.return_of_the_first(running)), flush=True)
                visitors.wait_for(options.number)
            lost = visitors.lost()
            print("| what happened | acknowledged meanwhile | longest time without one | longest wait of a visitor | what visitors saw |")
            print("|---|---|---|---|---|")
            for row in rows:
                seen = ", ".join(f"{count} × {kind}" for kind, count in sorted(row.outcome.seen.items()))
                print(f"| {row.outcome.name} | {row.outcome.acknowledged} | {row.gap:.1f} s | {row.longest:.1f} s | {seen} |")
                if row.outcome.told_after:
                    print(f"Told: {row.outcome.told}, after {row.outcome.told_after:.0f} s.")
            print(f"In all {len(visitors.acknowledged)} acknowledged, {len(lost)} lost, in {time.monotonic() - begun:.0f} s.")
            print(", ".join(f"{count} × {kind}" for kind, count in sorted(visitors.seen.items())))


if __name__ == "__main__":
    main()
