"""Kills the preparation of a new site at chosen moments, and starts it again: for a short test and for benchmarks.first_starts."""

import os
import selectors
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.support.cluster import free_port
from tests.support.site import ROOT, environment

PATIENCE = 600  # seconds


class Start:
    """The preparation of one new site (script.prepare), with its data in `data`. `output` is what all tries printed."""

    def __init__(self, data: Path, static: Path, **settings: str) -> None:
        self.data, self.static = data, static
        self.variables = environment(data, static, free_port(), **{"DEMO_CASES": "1", "PYTHONUNBUFFERED": "1", **settings})
        self.output = ""

    def _begin(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "script.prepare"],
            cwd=ROOT,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill_after(self, words: str, seconds: float) -> bool:
        """Start it, and kill it (-9) so many seconds after it printed `words` ("": after its start). Return whether it was still at work.

        Where it doesn't print the words, because that step is done, it comes to its end.
        """
        process = self._begin()
        assert process.stdout
        printed, deadline = b"", None if words else time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while deadline is None or time.monotonic() < deadline:
                if selector.select(PATIENCE if deadline is None else max(0.0, deadline - time.monotonic())):
                    chunk = os.read(process.stdout.fileno(), 65536)
                    if not chunk:
                        break
                    printed += chunk
                if deadline is None and words.encode() in printed:
                    deadline = time.monotonic() + seconds
        was_at_work = process.poll() is None and deadline is not None
        if was_at_work:
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()
        self.output += printed.decode()
        return was_at_work

    def to_the_end(self) -> "subprocess.CompletedProcess[str]":
        """Start it and let it come to its end."""
        command = [sys.executable, "-m", "script.prepare"]
        done = subprocess.run(command, cwd=ROOT, env=self.variables, capture_output=True, text=True, check=False, timeout=PATIENCE)
        self.output += done.stdout + done.stderr
        return done

    def is_complete(self) -> bool:
        """Return whether all that a first start makes is there: two centers with a key that has its file, staff, cases and guides."""
        database = sqlite3.connect(self.data / "db.sqlite3")
        try:
            keys = [number for (number,) in database.execute("SELECT id FROM intake_centrekey WHERE retired_at IS NULL")]
            counts = [
                database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("intake_centre", "accounts_user", "intake_inquiry", "articles_guide")
            ]
        finally:
            database.close()
        files = all((self.data / "centre-keys" / f"{number}.key").stat().st_size for number in keys)
        centres, people, inquiries, guides = counts
        return len(keys) == centres == 2 and files and people == 6 and inquiries > 50 and guides > 20
