"""Kills first starts at many moments and counts those that the next start took up: `python -m benchmarks.first_starts [--moments N]`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.support.first_starts import Start

MOMENTS = 50


def main(arguments: list[str]) -> int:
    """Print a line for each moment, and how many first starts were complete in the end. Return 0 if all were."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_starts", description=__doc__)
    parser.add_argument("--moments", type=int, default=MOMENTS, help="how many first starts are killed (default: %(default)s)")
    moments = parser.parse_args(arguments).moments
    whole = took_up = 0
    with tempfile.TemporaryDirectory() as folder:
        # All share the static files that the first one collects: what is killed there is tested in tests/ops/test_first_start.py.
        static = Path(os.environ.get("TEST_STATIC_FOLDER") or folder, "static")
        Start(Path(folder, "first"), static).to_the_end()
        begun = time.monotonic()
        Start(Path(folder, "second"), static).to_the_end()
        seconds = time.monotonic() - begun
        for number in range(moments):
            start = Start(Path(folder, str(number)), static)
            at = seconds * (number + 0.5) / moments
            killed = start.kill_after("", at)
            done = start.to_the_end()
            fine = done.returncode == 0 and start.is_complete()
            whole += fine
            took_up += killed and fine
            sys.stdout.write(f"{number + 1:3}  killed after {at:5.1f} s: {'yes' if killed else 'too late'}; complete: {fine}\n")
            sys.stdout.flush()
            if not fine:
                sys.stdout.write(start.output)
    sys.stdout.write(f"{whole} of {moments} first starts complete; {took_up} of them were killed and taken up again.\n")
    return 0 if whole == moments else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
