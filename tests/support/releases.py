"""A site's folder with releases whose commands are played by a program, for script/upgrade."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.site import ROOT

# In place of a release's Python: it writes down what it was asked, in which release, and fails, or kills script/upgrade and itself,
# where files say so.
PYTHON = """#!/bin/bash
echo "$(basename "$PWD"): $*" >>"$ASKED"
case "$*" in
  *"$(cat "$FAILS" 2>/dev/null || echo nothing)"*) echo "ERROR: It broke. (doctor.E020)"; exit 1 ;;
esac
case "$*" in
  *"$(cat "$FAILS.killed" 2>/dev/null || echo nothing)"*) kill -9 0 ;;
esac
"""
OURS = ("RECOVERY_VENV", "DATA_DIR", "SECRETS_DIR", "DATABASE_URL")
OLD, NEW = "0.2.0-old", "0.3.0-"
CHANGES = """# Changes

## 0.3.0 (2027-01-10)

### What you must do
1. Set `NEW_THING`.

For readers
- A new page.

## 0.2.1 (2026-12-20)

### What you must do
Nothing.

## 0.2.0 (2026-11-29)

### What you must do
Read this long ago.
"""


@dataclass
class Place:
    """A site's folder with a release that runs, and the folder of a new release."""

    folder: Path
    options: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site, self.new = self.folder / "site", self.folder / "new"
        self.asked, self.fails = self.folder / "asked", self.folder / "fails"
        self.static = self.folder / "static"
        self.static.mkdir(parents=True)
        (self.static / "staticfiles.json").write_text("old")
        self.release(self.site / "releases" / OLD, "0.2.0")
        self.release(self.new, "0.3.0")
        (self.site / "current").symlink_to(f"releases/{OLD}")
        python = self.folder / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON)
        python.chmod(0o755)
        (self.site / "releases" / OLD / ".venv").symlink_to(self.folder / "venv")

    def release(self, folder: Path, version: str) -> None:
        """Make the code of a release, as far as script/upgrade reads it."""
        for name in ("recovery_site/doctor", "backups", "deploy/systemd"):
            (folder / name).mkdir(parents=True)
        (folder / "manage.py").touch()
        (folder / "recovery_site" / "__init__.py").write_text(f'__version__ = "{version}"\nSERVES_FROM = "0.2.0"\n')
        (folder / "CHANGELOG.md").write_text(CHANGES)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start script/upgrade."""
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("RECOVERY_VENV", "DATA_DIR", "SECRETS_DIR", "DATABASE_URL")
            },
            "ASKED": str(self.asked),
            "FAILS": str(self.fails),
            "STATIC_ROOT": str(self.static),
            "PYTHON": sys.executable,
        }
        command = [str(ROOT / "script" / "upgrade"), f"--site={self.site}", f"--venv={self.folder / 'venv'}", *self.options, *arguments]
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> "tuple[int, str, str]":
        """Run it to its end. Return the exit status, the output and the errors."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors

    def upgrade(self, *more: str) -> "tuple[int, str, str]":
        """Install the new release."""
        return self.run(str(self.new), "--yes", "--data-to=/a", "--keys-to=/b", "--recipient=age1x", *more)

    @property
    def runs(self) -> str:
        """The name of the release that `current` leads to."""
        return (self.site / "current").resolve().name

    def commands(self) -> list[str]:
        """What was asked of which release, since the last time."""
        found = self.asked.read_text().splitlines() if self.asked.exists() else []
        self.asked.unlink(missing_ok=True)
        return [re.sub(r"(0\.3\.0)-\w+", r"\1", line) for line in found if "-c import" not in line]
