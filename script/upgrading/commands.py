"""Running the commands of a release as the site runs them: with this environment, or with users, files and secrets of the units."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SYSTEMD = Path("/run/systemd/system")
UNITS = Path("/etc/systemd/system")
OWNER, STAFF = "recovery-update.service", "recovery-staff.service"
# On a machine of the visitors' half alone, which collects its static files and changes nothing else.
STATIC, PUBLIC = "recovery-static.service", "recovery-public.service"
SERVERS = ("recovery-public", "recovery-staff", "recovery-worker", "recovery-housekeeping")
HANDED_ON = re.compile(r"^((?:Load|Set)Credential\w*|EnvironmentFile|Environment|ReadWritePaths)=(.*)$", re.MULTILINE)


@dataclass
class Commands:
    """How commands are run. With `units` by systemd, as the users and with the credentials that the installed units name."""

    units: Path | None = None
    environment: dict[str, str] = field(default_factory=lambda: _without_ours(os.environ))

    @classmethod
    def found(cls, units: Path | None = None) -> "Commands":
        """Return what fits this machine: units where they are installed and systemd runs."""
        folder = units or UNITS
        installed = any((folder / unit).exists() for unit in (OWNER, PUBLIC))
        uses = installed and (units is not None or SYSTEMD.exists()) and shutil.which("systemctl")
        return cls(folder if uses else None)

    @property
    def only_visitors(self) -> bool:
        """Return whether this is a machine of the visitors' half alone: it neither migrates nor has a secret of the staff's."""
        return self.units is not None and not (self.units / OWNER).exists()

    def setting(self, name: str) -> str:
        """Return a setting of the site, "" if it isn't set."""
        if self.units is None:
            return self.environment.get(name, "")
        values: dict[str, str] = {}
        for kind, value in HANDED_ON.findall((self.units / (PUBLIC if self.only_visitors else STAFF)).read_text(encoding="utf-8")):
            if kind == "EnvironmentFile":
                path = Path(value.removeprefix("-"))
                lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            else:
                lines = shlex.split(value) if kind == "Environment" else []
            values |= dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return values.get(name, "").strip("\"'")

    def python(self, release: Path, *arguments: str, owner: bool = False, shown: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run Python in a release: as the staff's half, or as the owner of the tables. With `shown` its output is seen at once.

        On a machine of the visitors' half alone: as that half, or as the owner of the static files.
        """
        half, owning = (PUBLIC, STATIC) if self.only_visitors else (STAFF, OWNER)
        command = [str(release / ".venv" / "bin" / "python"), *arguments]
        if self.units is not None:
            command = [*_systemd_run(self.units, release, owning if owner else half), *command]
        return subprocess.run(  # noqa: S603
            command,
            cwd=release,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.PIPE,
            stderr=subprocess.STDOUT if not shown else subprocess.PIPE,
            text=True,
            check=False,
        )

    def systemctl(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run systemctl."""
        return subprocess.run(["systemctl", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603, S607

    def running(self) -> list[str]:
        """Return the units that serve now."""
        return [name for name in SERVERS if self.systemctl("is-active", "--quiet", name).returncode == 0]


def _systemd_run(units: Path, release: Path, unit: str) -> list[str]:
    """Return the command that runs another as an installed unit is run."""
    installed = (units / unit).read_text(encoding="utf-8")
    shipped = release / "deploy" / "systemd" / unit
    found = HANDED_ON.findall(installed)
    credentials = {value.partition(":")[0] for kind, value in found if "Credential" in kind}
    if shipped.exists():
        # Secrets that are new in this release.
        found += [pair for pair in HANDED_ON.findall(shipped.read_text(encoding="utf-8")) if _is_new_credential(pair, credentials)]
    user = re.search(r"^User=(\S+)", installed, re.MULTILINE)
    options = [f"--property={kind}={value}" for kind, value in found if kind != "ReadWritePaths"]
    identity = [f"--uid={user[1]}"] if user else []
    return ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", *identity, f"--working-directory={release}", *options]


def _is_new_credential(pair: tuple[str, str], known: set[str]) -> bool:
    return "Credential" in pair[0] and pair[1].partition(":")[0] not in known


def _without_ours(environment: "os._Environ[str]") -> dict[str, str]:
    """Return the environment without what script/upgrade set for itself."""
    return {name: value for name, value in environment.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
