"""Runs the commands of script/ in an environment that lacks something."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.cluster import free_port
from tests.support.site import ROOT


@dataclass
class Machine:
    """A copy of the project's commands, with fake programs that come first in PATH."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project = self.folder / "project"
        self.bin = self.folder / "bin"
        self.bin.mkdir(parents=True)
        self.project.mkdir()
        shutil.copytree(ROOT / "script", self.project / "script")
        shutil.copy(ROOT / "requirements.txt", self.project)

    def program(self, name: str, *lines: str) -> None:
        """Put a shell script called `name` before everything else in PATH."""
        path = self.bin / name
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        path.chmod(0o755)

    def python(self, venv: str = "exit 1", pip_install: str = "exit 0") -> None:
        """Put a fake Python in PATH that creates environments with the lines `venv`; their pip runs `pip_install`."""
        inner = self.bin / "python-of-the-environment"
        self.program(
            inner.name,
            'case "$*" in',
            "  '-m pip --version') exit 0;;",
            f'  "-m pip install"*) echo install >>{self.folder}/calls; {pip_install};;',
            f'  "-c "*) exec {sys.executable} "$@";;',
            f'  *) echo "$*" >>{self.folder}/calls;;',
            "esac",
        )
        self.program(
            "python3",
            'case "$1 $2" in',
            f'  "-m venv") for folder; do :; done; mkdir -p "$folder/bin"; inner={inner}; {venv};;',
            '  "-c "*import\\ ensurepip*) exit 1;;',
            f'  *) exec {sys.executable} "$@";;',
            "esac",
        )

    def run(self, command: str, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run script/`command` to its end."""
        ours = ("RECOVERY_VENV", "PYTHON", "PORT", "DATA_DIR", "DATABASE_URL")
        environment = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("TEST_")}
        # A free port, in case a site is already running on this machine.
        environment |= {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "PORT": str(free_port()), **self.settings, **settings}
        return subprocess.run(
            [self.project / "script" / command, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """What the environment's Python was asked to run."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []
