"""Runs the test suite on SQLite and PostgreSQL and reports skipped tests. See `script/test --help`."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support import cluster
from tests.support.chromium import chromium_path
from tests.support.nginx import nginx_path

NOTHING_COLLECTED = 5  # pytest's exit code; a pass with a narrow selection may have nothing to run


def main(arguments: list[str]) -> int:
    """Run the passes selected by `arguments`. Return 0 if all of them passed."""
    parser = argparse.ArgumentParser(prog="script/test", add_help=False)
    parser.add_argument("--all", action="store_true")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--sqlite", action="store_true")
    only.add_argument("--postgres", action="store_true")
    options, for_pytest = parser.parse_known_args(arguments)
    cluster.clean_up_when_told_to_stop()

    missing = []
    if chromium_path() is None:
        missing.append("no Chromium (Debian: apt-get install chromium-headless-shell): the browser tests")
    if nginx_path() is None:
        missing.append("no nginx (Debian: apt-get install nginx): the tests of its configuration")
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        server = None
        try:
            server = stack.enter_context(cluster.temporary_cluster())
        except cluster.PostgresMissing as reason:
            missing.append(f"{reason}: the pass on PostgreSQL" if not options.sqlite else f"{reason}: tests that need it")
        if missing and options.all:
            print("script/test --all needs everything, and this is missing:", *missing, sep="\n  ", file=sys.stderr)
            return 1
        passes: list[tuple[str, dict[str, str], list[str]]] = []
        if not options.postgres:
            passes.append(("SQLite", {"DATABASE_URL": ""}, []))
        if server is not None and not options.sqlite:
            # Tests that don't depend on the database ran already.
            again = ["-m", "not once"] if not options.postgres and "-m" not in for_pytest else []
            passes.append(("PostgreSQL", {"DATABASE_URL": server.url("recovery")}, again))
        if not passes:
            print("script/test:", *missing, file=sys.stderr)
            return 1
        codes = []
        skipped: Counter[str] = Counter()
        shared = {
            "TEST_POSTGRES_FOLDER": str(server.folder) if server else "none",
            "TEST_STATIC_FOLDER": stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-static-")),
            "TEST_FORBID_SKIPS": "1" if options.all else "",
        }
        for name, environment, extra in passes:
            print(f"\n=== The suite on {name} ===", flush=True)
            code = _run_pytest([*extra, *for_pytest], {**shared, **environment}, skipped)
            codes.append(0 if code == NOTHING_COLLECTED and len(passes) > 1 else code)
    _report(missing, skipped, time.monotonic() - started)
    return max(codes)


def _run_pytest(arguments: list[str], environment: dict[str, str], skipped: Counter[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="recovery-test-") as folder:
        notes, sites = Path(folder, "skipped"), Path(folder, "sites")
        sites.mkdir()
        own = {"DATA_DIR": str(Path(folder, "data")), "TEST_SKIPPED_FILE": str(notes), "TEST_SITES_FOLDER": str(sites)}
        variables = {**os.environ, **environment, **own}
        variables = {name: value for name, value in variables.items() if value}
        # A pass starts some hundred processes, which would otherwise all compile every module.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
        # Three workers on two cores, because browser tests wait for other processes half of the time.
        # tests/conftest.py sorts the files, long ones first.
        workers = [] if chosen else ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
        code = subprocess.run([sys.executable, "-m", "pytest", *workers, *arguments], env=variables, check=False).returncode
        if notes.exists():
            skipped.update(notes.read_text().splitlines())
    return code


def _report(missing: list[str], skipped: Counter[str], seconds: float) -> None:
    print()
    if not missing and not skipped:
        print("Nothing was skipped.", end=" ")
    else:
        print("Skipped:")
        for line in missing:
            print(f"  {line}")
        for reason, count in skipped.items():
            print(f"  {count} test{'s' if count > 1 else ''}: {reason}")
    print(f"{seconds:.0f} seconds in all.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
