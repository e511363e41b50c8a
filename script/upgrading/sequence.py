"""The steps of an upgrade, and the way back.

Until the link `current` leads to the new release, nothing that serves has changed: the database was only added to. What was done is
kept in a journal, so that the same command goes on after it was killed.
"""

import datetime as dt
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from script.upgrading import Refused, changelog, code, environments, serving
from script.upgrading.commands import Commands

Say = Callable[[str], None]
JOURNAL = "upgrade.json"
ERRORS = re.compile(r"^ERROR: .*\((\w+\.E\d+)\)$", re.MULTILINE)
MANIFEST = "staticfiles.json"


@dataclass(frozen=True)
class Options:
    """What the operator asked for."""

    packages: environments.Packages = field(default_factory=environments.Packages)
    backup: Sequence[str] = ()
    without_backup: bool = False
    without_rehearsal: bool = False
    restart: str = ""
    health: tuple[str, ...] = ()
    patience: int = 120


@dataclass
class Upgrade:
    """An upgrade of the site in a folder, from the release that `current` leads to."""

    site: Path
    commands: Commands
    options: Options
    say: Say
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def releases(self) -> Path:
        """Return the folder of the releases."""
        return self.site / "releases"

    @property
    def current(self) -> Path:
        """Return the link to the release that runs."""
        return self.site / "current"

    def begin(self, new: Path) -> None:
        """Read the journal of an upgrade to the same release that didn't end, or begin a new one."""
        before = self.unfinished()
        self.kept = before if before.get("to") == new.name else {"to": new.name, "from": str(self.running())}
        self._keep()

    def unfinished(self) -> dict[str, Any]:
        """Return the journal of an upgrade that was interrupted, empty if there is none."""
        try:
            found: dict[str, Any] = json.loads((self.releases / JOURNAL).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def running(self) -> Path:
        """Return the folder of the release that runs."""
        return self.current.resolve() if self.current.is_symlink() else self.site

    @property
    def old(self) -> Path:
        """Return the folder of the release to go back to."""
        return Path(self.kept["from"])

    @property
    def new(self) -> Path:
        """Return the folder of the new release."""
        return self.releases / str(self.kept["to"])

    def run(self) -> None:
        """Do all steps. Raises Refused; then the old release serves, as before."""
        try:
            self._prepare()
            self._look_at_the_old()
            if self.commands.only_visitors:
                self.say("This machine has the visitors' half alone: the staff's machine backs up and migrates, before this one")
            else:
                self._backup()
                self._rehearse()
                self._migrate()
            self._collect()
            self._examine()
            self._switch()
        except Refused as refused:
            self._go_back()
            raise Refused(f"{refused} The old release ({code.version(self.old)}) goes on serving.") from None
        (self.releases / JOURNAL).unlink(missing_ok=True)

    # --- Steps that touch nothing that serves ---

    def _prepare(self) -> None:
        requirements = "requirements.txt" if (self.old / ".venv" / ".requirements").exists() else "requirements-production.txt"
        environments.prepare(self.site, self.new, requirements, self.options.packages, self.say)
        data = (self.old / "var").resolve()
        link = self.new / "var"
        if data.is_dir() and not self.commands.setting("DATA_DIR") and not link.exists():
            link.symlink_to(data)
        if self.commands.only_visitors:  # it has copies of the three that it needs
            return
        folder = self.commands.setting("SECRETS_DIR") or f"{self.commands.setting('DATA_DIR') or link}/secrets"
        if self.commands.units is not None:
            folder = "/etc/recovery/secrets"
        self.say("Making the secrets that are new")
        if not self.kept.get("signs_keys"):
            self._keep(signs_keys=not (Path(folder) / "organisation_key").exists())
        # As whoever runs this: under systemd they belong to root.
        self._checked(Commands(None, self.commands.environment).python(self.new, "-m", "recovery_site.secrets", folder), "Secrets")

    def _look_at_the_old(self) -> None:
        """Note what was wrong before, so that it isn't taken for the upgrade's fault."""
        if "wrong_before" in self.kept:
            return
        has_doctor = (self.old / "recovery_site" / "doctor").is_dir()
        self.say("Asking the doctor of the old release")
        done = self.commands.python(self.old, "manage.py", "doctor") if has_doctor else None
        self._keep(
            wrong_before=sorted(set(ERRORS.findall(done.stdout))) if done else None,
            unwell_before={url: serving.issues(url) for url in self.options.health},
        )

    def _backup(self) -> None:
        if self.options.without_backup or self.kept.get("backup"):
            return
        if not (self.old / "backups").is_dir():
            raise Refused(
                "The old release has no `manage.py backup`. Copy database, pictures, secrets and keys as its docs say, then run this with "
                "--without-backup."
            )
        self.say("Making a backup")
        if self.commands.units is not None and not self.options.backup:
            done = self.commands.systemctl("start", "recovery-backup.service")
            if done.returncode:
                raise Refused("recovery-backup.service failed: see `journalctl -u recovery-backup` (docs/operations.md, Backup).")
        elif self.options.backup:
            self._checked(self.commands.python(self.old, "manage.py", "backup", *self.options.backup), "The backup")
        else:
            raise Refused(
                "There is no place for the backup. Give --data-to, --keys-to and --recipient as for `manage.py backup`, or, if you have "
                "one that is new enough, --without-backup."
            )
        self._keep(backup=_now())

    def _rehearse(self) -> None:
        if self.options.without_rehearsal or self.kept.get("migrated"):
            return
        self.say("Migrating a copy of the database, to see whether it works")
        done = self.commands.python(self.new, "-m", "script.upgrading.rehearsal", owner=True)
        if done.returncode == 2:
            self.say(f"Not rehearsed: {_last_line(done.stdout)}")
        else:
            self._checked(done, "The migration of a copy")

    # --- Steps that add to what serves ---

    def _migrate(self) -> None:
        self.say("Migrating the database; the old release goes on serving")
        self._keep(migrating=self.kept.get("migrating") or _now())
        done = self.commands.python(self.new, "manage.py", "migrate", "--no-input", "--verbosity", "0", owner=True, shown=True)
        sys.stderr.write(done.stderr or "")
        self._checked(done, "The migration")
        if self.commands.units is not None and self.commands.setting("DATABASE_URL").startswith("postgres"):
            self.say("Giving the accounts of both halves their rights")
            self._checked(self.commands.python(self.new, "manage.py", "database_roles", owner=True), "database_roles")
        if self.kept.get("signs_keys"):  # nothing is sealed to a centre's key without a signature
            self.say("Signing the centres' keys with the organisation's new key")
            self._checked(self.commands.python(self.new, "manage.py", "keys", "pin"), "keys pin")
        self._keep(migrated=True)

    def _collect(self) -> None:
        self.say("Collecting static files; those of the old release stay")
        folder = Path(self.commands.setting("STATIC_ROOT") or f"{self.commands.setting('DATA_DIR') or self.new / 'var'}/static")
        saved = self.releases / f"{MANIFEST}.before"
        if "static" not in self.kept:
            saved.unlink(missing_ok=True)
            if (folder / MANIFEST).exists():
                shutil.copy2(folder / MANIFEST, saved)
            self._keep(static=str(folder))
        self._checked(self.commands.python(self.new, "manage.py", "collectstatic", "--no-input", owner=True), "collectstatic")

    def _examine(self) -> None:
        self.say("Asking the doctor of the new release")
        done = self.commands.python(self.new, "manage.py", "doctor")
        before = self.kept["wrong_before"]
        worse = sorted(set(ERRORS.findall(done.stdout)) - set(before or ()))
        if before is None:  # the old one had no doctor: what it always lacked is no reason to go back
            done = self.commands.python(self.new, "manage.py", "doctor", "--start")
            worse = sorted(set(ERRORS.findall(done.stdout))) if done.returncode else []
        elif done.returncode and not ERRORS.findall(done.stdout):
            worse = ["it ended with an error of its own"]
        if worse:
            self._show(done.stdout)
            raise Refused(f"The doctor says no: {', '.join(worse)}.")
        if self.commands.only_visitors:  # it has no key that opens anything
            return
        self.say("Opening a canary with its receipt and with the centre's key")
        # The backup made sure that each key had one.
        since = ["--made-before", self.kept["migrating"]] if self.kept.get("backup") else []
        done = self.commands.python(self.new, "manage.py", "open_canary", *since)
        if done.returncode:
            self._show(done.stdout)
            raise Refused(
                "The migration changed data so that a request doesn't open any more. Nothing was put back, because that would lose what "
                "came in since: stop the site, keep a copy of the database, and restore the backup that was just made (docs/operations.md, "
                "Restoring)."
            )

    # --- Steps that change what serves ---

    def _switch(self) -> None:
        self._install_units(self.old, self.new)
        self.say(f"Leading {self.current} to {self.new.name}")
        self._keep(switched=True)
        self._lead_to(self.new)
        self._restart()
        for url in self.options.health:
            self.say(f"Asking {url}")
            if wrong := serving.wait_until_well(url, self.kept["unwell_before"].get(url), self.options.patience):
                raise Refused(f"{url} {wrong}.")

    def _install_units(self, before: Path, after: Path) -> None:
        if self.commands.units is not None and serving.install_units(self.commands.units, before, after, self.say):
            self.say("Installing the units that changed")
            self.commands.systemctl("daemon-reload")

    def _restart(self) -> None:
        if self.commands.units is not None or self.options.restart:
            self.say("Restarting")
            if wrong := serving.restart(self.commands, self.options.restart):
                raise Refused(f"The restart failed: {wrong}.")
        else:
            self.say(f"Now stop the site where it runs (Ctrl-C), and start it again: {self.current}/script/server")

    def _lead_to(self, release: Path) -> None:
        """Replace the link, whole or not at all."""
        link = self.releases / ".current"
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(release, self.site))
        link.rename(self.current)

    # --- Back ---

    def _go_back(self) -> None:
        """Leave the old release as what serves. Columns that were added stay: it doesn't know them."""
        saved = self.releases / f"{MANIFEST}.before"
        if self.kept.get("static") and saved.exists():
            target = Path(self.kept["static"]) / MANIFEST
            shutil.copy2(saved, target.with_suffix(".back"))
            target.with_suffix(".back").replace(target)
        if self.kept.get("switched"):
            self.say(f"Going back to {code.version(self.old)}")
            self._install_units(self.new, self.old)
            self._lead_to(self.old)
            try:
                self._restart()
            except Refused as refused:
                self.say(f"{refused} Look at it now.")
        if self.kept.get("migrated"):
            self.say("What the migration added to the database stays; the old release works with it.")
        # The next try asks and backs up again; the code and its environment stay.
        (self.releases / JOURNAL).unlink(missing_ok=True)

    def _keep(self, **more: Any) -> None:
        self.kept |= more
        new = self.releases / f".{JOURNAL}"
        new.write_text(json.dumps(self.kept), encoding="utf-8")
        new.replace(self.releases / JOURNAL)

    def _checked(self, done: Any, what: str) -> None:
        if done.returncode:
            self._show(done.stdout or "")
            raise Refused(f"{what} failed (exit status {done.returncode}).")

    def _show(self, output: str) -> None:
        sys.stderr.write("".join(f"    {line}\n" for line in output.strip().splitlines()[-20:]))


def show_what_to_do(new: Path, old: Path) -> bool:
    """Print what the releases in between ask of an operator. Return whether there is anything."""
    asked = changelog.between(new / "CHANGELOG.md", code.version(old), code.version(new))
    for version, words in asked.items():
        sys.stdout.write(f"\n{version}: what you must do\n\n{words or 'Nothing.'}\n")
    sys.stdout.write("\n")
    sys.stdout.flush()
    return any(asked.values())


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
