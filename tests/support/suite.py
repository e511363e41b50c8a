"""Runs the suite, quickly on SQLite or whole on both databases at once. `script/test --help` tells the options."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.support import cluster, machine

NOTHING_COLLECTED = 5  # pytest's exit code; a pass with a narrow selection may have nothing to run
QUICK = "not browser and not process"
Process = subprocess.Popen[bytes]


@dataclass
class Pass:
    """One run of pytest: on which database, with which selection, and where its files are."""

    name: str
    database_url: str
    selection: list[str]
    workers: int
    folder: Path

    def start(self, arguments: list[str], shared: dict[str, str], output: int | None = None) -> Process:
        """Start pytest; its output goes to the file descriptor `output`, by default to the terminal."""
        sites = self.folder / "sites"
        sites.mkdir()
        own = {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
            "TEST_SKIPPED_FILE": str(self.notes),
            "TEST_SITES_FOLDER": str(sites),
        }
        variables = {name: value for name, value in {**os.environ, **shared, **own}.items() if value}
        # A pass starts hundreds of processes; without this each would compile every module again.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
        # Tests go to workers one by one, except those that share a fixture (tests/conftest.py), in the order set there.
        workers = [] if chosen else ["-n", str(self.workers), "--dist", "loadgroup", "--no-loadscope-reorder"]
        command = [sys.executable, "-m", "pytest", *workers, *self.selection, *arguments]
        return subprocess.Popen(command, env=variables, stdout=output, stderr=output)

    @property
    def notes(self) -> Path:
        """The file with the reasons of skipped tests, one a line."""
        return self.folder / "skipped"


def main(arguments: list[str]) -> int:
    """Run the passes that `arguments` ask for; return 0 when all of them passed."""
    parser = argparse.ArgumentParser(prog="script/test", add_help=False, allow_abbrev=False)
    parser.add_argument("--all", action="store_true")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--sqlite", action="store_true")
    only.add_argument("--postgres", action="store_true")
    options, for_pytest = parser.parse_known_args(arguments)
    marked = any(argument.startswith("-m") for argument in for_pytest)
    named = any(Path(argument.split("::")[0]).exists() for argument in for_pytest)
    quick = not (options.all or options.sqlite or options.postgres or marked or named)
    both = options.all and not (options.sqlite or options.postgres)
    cluster.clean_up_when_told_to_stop()
    started = time.monotonic()
    missing = [] if quick else machine.missing()
    if missing and options.all:
        missing = machine.install(missing)
        if missing:
            print(f"script/test --all needs what this machine lacks. As root: {machine.install_command(missing)}", file=sys.stderr)
            return 1
    with contextlib.ExitStack() as stack:
        server = None
        if not quick and machine.POSTGRESQL not in missing:
            server = stack.enter_context(cluster.temporary_cluster())
        if options.postgres and server is None:
            print(f"script/test --postgres needs PostgreSQL. As root: {machine.install_command([machine.POSTGRESQL])}", file=sys.stderr)
            return 1

        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-test-")))

        cores = min(os.cpu_count() or 1, cluster.MOST_WORKERS)
        passes = []
        if not options.postgres:
            # One more than there are cores: a test in a browser waits for other processes half of its time.
            workers = cores if quick or both else min(cores + 1, cluster.MOST_WORKERS)
            passes.append(Pass("SQLite", "", ["-m", QUICK] if quick else [], workers, folder()))
        if server and (options.postgres or both):
            workers = max(1, cores // 2) if both else cores
            passes.append(Pass("PostgreSQL", server.url("recovery"), ["-m", "not once"] if both and not marked else [], workers, folder()))
        shared = {
            "TEST_POSTGRES_FOLDER": str(server.folder) if server else "none",
            "TEST_STATIC_FOLDER": stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-static-")),
            "TEST_FORBID_SKIPS": "1" if options.all else "",
        }
        codes = _run(passes, for_pytest, shared, stack)
        skipped: Counter[str] = Counter()
        for one in passes:
            skipped.update(one.notes.read_text().splitlines() if one.notes.exists() else [])
    _report(missing, skipped, quick, time.monotonic() - started)
    return max(codes)


def _run(passes: list[Pass], arguments: list[str], shared: dict[str, str], stack: contextlib.ExitStack) -> list[int]:
    """Run all passes at the same time; what the later ones print follows when they have ended. Return the exit codes."""
    running: list[tuple[Pass, Process, Path | None]] = []
    for one in passes:
        later = one.folder / "output" if running else None
        print(f"=== The suite on {one.name} {'runs at the same time ' if later else ''}===", flush=True)
        output = stack.enter_context(later.open("wb")).fileno() if later else None
        process = one.start(arguments, shared, output)
        stack.callback(_stop, process)
        running.append((one, process, later))
    codes = []
    for one, process, later in running:
        code = process.wait()
        if later:
            print(f"\n=== The suite on {one.name} ===\n{later.read_text(errors='replace')}", flush=True)
        codes.append(0 if code == NOTHING_COLLECTED and len(passes) > 1 else code)
    return codes


def _stop(process: Process) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()


def _report(missing: list[machine.Needed], skipped: Counter[str], quick: bool, seconds: float) -> None:
    print()
    if quick:
        print("Left out: what needs a browser, a server or PostgreSQL. `script/test --all` runs everything.")
    elif not missing and not skipped:
        print("Nothing was skipped.", end=" ")
    if missing or skipped:
        print("Skipped:")
        for need in missing:
            print(f"  no {need.name} (Debian: apt-get install {need.package})")
        for reason, count in skipped.items():
            print(f"  {count} test{'s' if count > 1 else ''}: {reason}")
    print(f"{seconds:.0f} seconds in all.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
