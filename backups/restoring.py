"""Restoring a backup into an empty place, and proving that it works, before anything is put where the site looks for it.

All is made in the folder UNDER_WAY of the data folder. Only when the restored site has opened its canaries are its parts moved to
their places, the database last. Django's settings can't be read here, because they need the secrets that the backup brings: each
step that needs them is a process of its own.
"""

import contextlib
import hashlib
import json
import os
import secrets as random_secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import environ
import pyrage

from backups import archives, databases
from backups.archives import BackupError
from recovery_site import secrets

BASE_DIR = Path(__file__).resolve().parent.parent
UNDER_WAY = ".restoring"
# A file in it says whether parts were moved to their places already.
STATE, BEGUN, MOVING = "state", "begun", "moving"
FORMAT = 1
# Settings that say where something lies; a restore into another folder has all of it there.
PLACES = (
    "SECRETS_DIR",
    "CENTRE_KEYS_DIR",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "AUDIT_HEADS_FILE",
    "ERASED_LIST_FILE",
    "CREDENTIALS_DIRECTORY",
    "KEYS_IDENTITY_FILE",
)

# Bytes beside what the archives hold: static files, and what migrations and the search add.
ROOM = 100 * archives.MB
# Secrets without which a site starts: they may be kept in a safe.
MAY_BE_ELSEWHERE = {"organisation_key", "audit_signing_key"}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a site has its parts, and the environment in which its commands run."""

    folder: Path
    variables: dict[str, str]

    @classmethod
    def of(cls, variables: Mapping[str, str], into: Path | None) -> "Place":
        """Return the place that the environment names, or one that is whole in the folder `into`."""
        ours = {name: value for name, value in variables.items() if into is None or name not in PLACES}
        folder = into or Path(ours.get("DATA_DIR") or BASE_DIR / "var")
        return cls(folder, ours | {"DATA_DIR": str(folder)})

    def path(self, name: str, default: str) -> Path:
        return Path(self.variables.get(name) or self.folder / default)

    @property
    def parts(self) -> dict[str, Path]:
        """Where each part of an archive belongs, the one that makes the site live last."""
        parts = {
            "secrets": self.path("SECRETS_DIR", "secrets"),
            "centre-keys": self.path("CENTRE_KEYS_DIR", "centre-keys"),
            "media": self.path("MEDIA_ROOT", "media"),
            "audit-heads.log": self.path("AUDIT_HEADS_FILE", "audit-heads.log"),
        }
        if self.engine == databases.SQLITE:
            parts["db.sqlite3"] = Path(self.config["NAME"])
        return parts

    @property
    def config(self) -> databases.Config:
        url = self.variables.get("DATABASE_URL") or f"sqlite:///{self.folder / 'db.sqlite3'}"
        return dict(environ.Env.db_url_config(url))

    @property
    def engine(self) -> str:
        return databases.engine(self.config)

    def full(self) -> str:
        """Return what is there already, in words; empty when nothing is."""
        for name, path in self.parts.items():
            if path.is_file() or (path.is_dir() and any(path.iterdir())):
                return f"There is {'a database' if name == 'db.sqlite3' else name} at {path} already."
        if self.engine == databases.POSTGRESQL and (tables := databases.tables_in(self.config)):
            return f"The database {self.config['NAME']} has {tables} tables already."
        return ""


@dataclass(frozen=True)
class Backup:
    """The two archives, and what opens them."""

    data: Path
    keys: Path
    identities: list[pyrage.x25519.Identity] = field(repr=False)


@dataclass
class Examined:
    """What both archives say, after all of both was read once and was found whole and authentic."""

    backup: Backup
    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict, repr=False)
    size: int = 0  # bytes of all files that are in them
    entries: str = ""  # of a dump of PostgreSQL: what is restored
    files: dict[str, bytes] = field(default_factory=dict, repr=False)  # secrets and private keys


@dataclass(frozen=True)
class Wishes:
    """What else to do for good: `erased` is the list of what was erased since, `send_waiting` is for a site that was stopped before."""

    erased: Path | None = None
    send_waiting: bool = False


@dataclass(frozen=True)
class Restored:
    """What was proven.

    `locked` are the keys that nobody has unlocked, so that their canaries were opened with the receipt alone; `wrong_here` are lines of
    the checks when they failed; `held_back` and `erased_again` are what `prove_restore` counted, the latter None without a list.
    """

    made_at: str
    rows: int
    newest_event: str | None
    canaries: int
    locked: int
    wrong_here: list[str]
    held_back: dict[str, int]
    erased_again: dict[str, int] | None
    seconds: float


def examine(backup: Backup, *, other_day: bool = False) -> Examined:
    """Read both archives to their ends without writing anything. Raises BackupError when they don't belong together."""
    seen = Examined(backup)

    def look(_name: str, content: IO[bytes]) -> None:
        if seen.data.get("engine") == databases.POSTGRESQL:
            seen.entries = databases.table_of_contents(content)

    def keep(name: str, content: IO[bytes]) -> None:
        seen.files[name] = content.read()

    seen.size = archives.read(backup.data, backup.identities, {"manifest.json": _into(seen.data), "database": look})
    seen.size += archives.read(backup.keys, backup.identities, {"manifest.json": _into(seen.keys), "secrets/": keep, "centre-keys/": keep})
    for manifest, path in ((seen.data, backup.data), (seen.keys, backup.keys)):
        if manifest.get("format") != FORMAT:
            raise BackupError(f"{path.name} is no backup that this release of the site can read.")
    if "engine" not in seen.data or "canaries" not in seen.keys:
        raise BackupError("--data takes the archive of the data and --keys that of the keys: one of them is the other.")
    if seen.data["set"] != seen.keys["set"] and not other_day:
        raise BackupError(
            f"The data are of {seen.data['made_at']} and the keys of {seen.keys['made_at']}: they are not of one backup. If the keys of "
            "that day are lost, --keys-of-another-day takes these when they hold every secret and key that the data need."
        )
    if seen.data["set"] == seen.keys["set"] and seen.keys.get("data_sha256") not in (None, archives.sha256(backup.data)):
        raise BackupError(f"{backup.data.name} isn't the archive that was made with these keys: somebody put another in its place.")
    wrong = [name for name, digest in seen.data["keys"].items() if hashlib.sha256(seen.files.get(name, b"")).hexdigest() != digest]
    if wrong:
        raise BackupError(f"The keys don't belong to the data: {', '.join(wrong)} is another or missing.")
    return seen


def _into(manifest: dict[str, Any]) -> Callable[[str, IO[bytes]], None]:
    """Return a function that reads a manifest into `manifest`."""
    return lambda _name, content: manifest.update(json.loads(content.read()))


def restore(seen: Examined, place: Place, *, again: bool, say: Say, wishes: Wishes = Wishes()) -> Restored:
    """Restore into `place` for good. Raises BackupError, and leaves the place empty as it was."""
    begun = time.monotonic()
    if wishes.erased and not os.access(wishes.erased, os.R_OK):
        raise BackupError(f"{wishes.erased} can't be read.")
    _check_account(place)
    if seen.data["engine"] != place.engine:
        raise BackupError(f"The backup is of {seen.data['engine']}, and DATABASE_URL names {place.engine}. Set it to an empty database.")
    for name, content in seen.files.items():
        variable = name.rpartition("/")[2].upper()
        if name.startswith("secrets/") and place.variables.get(variable, "").strip() not in ("", content.decode().strip()):
            raise BackupError(f"The environment sets {variable} to another secret than the backup's. Remove it there.")
    work = place.folder / UNDER_WAY
    try:
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"{place.folder} can't be made: {error.strerror}.") from None
    if work.exists():
        if not again:
            raise BackupError(f"A restore into {place.folder} was interrupted. --again removes what it left, and begins anew.")
        _remove(place, work)
    if full := place.full():
        raise BackupError(f"{full} A restore needs an empty place, and overwrites nothing.")
    archives.check_room({place.folder: seen.size + ROOM})
    work.mkdir(mode=0o700)
    archives.write_text(work / STATE, BEGUN)
    try:
        proven = _proven(seen, place, work, say, wishes)
        archives.write_text(work / STATE, MOVING)
        for name, path in place.parts.items():
            _move(work / name, path)
        shutil.rmtree(work)
        archives.sync_folder(place.folder)
    except BaseException:
        _remove(place, work)
        raise
    return Restored(**proven, seconds=time.monotonic() - begun)


def rehearse(seen: Examined, variables: Mapping[str, str], *, say: Say) -> Restored:
    """Restore into a temporary folder, and for PostgreSQL into a database of its own, prove it, and remove both."""
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recovery-rehearsal-")))
        clean = {name: value for name, value in variables.items() if name not in {part.rpartition("/")[2].upper() for part in seen.files}}
        clean = {**clean, "DATABASE_URL": "", "SITE_ROLE": "all"}
        if identity := variables.get("KEYS_IDENTITY_FILE"):
            clean["KEYS_IDENTITY_FILE"] = identity
        if seen.data["engine"] == databases.POSTGRESQL:
            if not variables.get("DATABASE_URL", "").startswith("postgres"):
                raise BackupError("The backup is of PostgreSQL: set DATABASE_URL to the server on which the rehearsal may make a database.")
            here = dict(environ.Env.db_url_config(variables["DATABASE_URL"]))
            config = stack.enter_context(databases.scratch(here, f"recovery_rehearsal_{os.getpid()}_{int(time.time())}"))
            clean["DATABASE_URL"] = databases.url(config)
        archives.check_room({folder: seen.size + ROOM})
        place = Place.of(clean, folder)
        work = folder / UNDER_WAY
        work.mkdir(mode=0o700)
        return Restored(**_proven(seen, place, work, say), seconds=time.monotonic() - begun)


def _check_account(place: Place) -> None:
    if place.variables.get("SITE_ROLE") == "public":
        raise BackupError("A public server gets no keys: restore on the staff's server, then set up a new public one.")
    if place.folder.exists() and os.geteuid() == 0 != place.folder.stat().st_uid:
        raise BackupError(f"Run this as the user who owns {place.folder}: what root restores, the site can't read.")


def _remove(place: Place, work: Path) -> None:
    """Remove what a restore put into a place that was empty when it began."""
    state = (work / STATE).read_text() if (work / STATE).exists() else ""
    if place.engine == databases.POSTGRESQL and state:
        databases.empty(place.config)
    for path in place.parts.values() if state == MOVING else ():
        if path.is_dir():
            for child in path.iterdir():
                shutil.rmtree(child) if child.is_dir() else child.unlink()
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    """Move a part to its place; into a folder that is there already, and empty."""
    if not source.exists():
        return
    if source.is_dir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for child in list(source.iterdir()):
            shutil.move(child, target / child.name)
    else:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(source, target)
    archives.sync_folder(target.parent)


def _proven(seen: Examined, place: Place, work: Path, say: Say, wishes: Wishes | None = None) -> dict[str, Any]:
    """Restore into the folder `work` and the database, bring all of it up to date, and open the canaries. Raises BackupError.

    Without `wishes` it is a rehearsal.
    """
    final = wishes is not None
    inside = Place.of(place.variables, work)
    database = {"DATABASE_URL": place.variables.get("DATABASE_URL", "") if place.engine == databases.POSTGRESQL else ""}
    static = {"STATIC_ROOT": str(place.path("STATIC_ROOT", "static"))} if final else {}
    identity = {"KEYS_IDENTITY_FILE": place.variables["KEYS_IDENTITY_FILE"]} if "KEYS_IDENTITY_FILE" in place.variables else {}
    recovery = {"RECOVERY_PUBLIC_KEY": seen.keys["recovery_public_key"]} if not place.variables.get("RECOVERY_PUBLIC_KEY") else {}
    inside = Place(work, {**inside.variables, **database, **static, **identity, **recovery})
    _write_out(seen, inside)
    wrong = {name for name, number in databases.rows(inside.config).items() if seen.data["rows"].get(name) != number}
    if wrong or len(databases.rows(inside.config)) != len(seen.data["rows"]):
        raise BackupError(f"Not every row came back: {', '.join(sorted(wrong)) or 'a table is missing'}.")
    say(f"{sum(seen.data['rows'].values()):,} rows of {len(seen.data['rows'])} tables, as many as were counted when the backup was made.")
    given = {
        "canaries": seen.keys["canaries"],
        "final": final,
        "hold_back": wishes is not None and not wishes.send_waiting,
        "erased": str(wishes.erased.resolve()) if wishes and wishes.erased else "",
    }
    opened = _prove(inside, given, say)
    if opened["unopened"]:
        raise BackupError(f"The restored site doesn't open its canary: {'; '.join(opened['unopened'])}.")
    if inside.engine == databases.SQLITE:
        _fold_log(Path(inside.config["NAME"]))
    return {
        "made_at": seen.data["made_at"],
        "rows": sum(seen.data["rows"].values()),
        "newest_event": seen.data["newest_event"],
        "canaries": opened["opened"],
        "locked": opened["locked"],
        "wrong_here": opened["wrong_here"],
        "held_back": opened["held_back"],
        "erased_again": opened["erased_again"],
    }


def _write_out(seen: Examined, inside: Place) -> None:
    for name, content in seen.files.items():
        _write(inside.folder / name, content)
    for name in (*secrets.PUBLIC_SECRETS, *secrets.STAFF_SECRETS):
        # One that an earlier release didn't have. Those of which a site may have none stay away.
        if name not in MAY_BE_ELSEWHERE and not (inside.folder / "secrets" / name).exists():
            _write(inside.folder / "secrets" / name, random_secrets.token_hex(32).encode() + b"\n")

    def database(_name: str, content: IO[bytes]) -> None:
        if inside.engine == databases.SQLITE:
            databases.restore_sqlite(Path(inside.config["NAME"]), content)
        else:
            databases.restore_postgresql(inside.config, content, seen.entries)

    def file(name: str, content: IO[bytes]) -> None:
        _write(inside.folder / name, content.read())

    try:
        archives.read(seen.backup.data, seen.backup.identities, {"database": database, "media/": file, "audit-heads.log": file})
    except OSError as error:
        raise BackupError(f"{inside.folder} could not be written: {error.strerror}.") from None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _prove(inside: Place, given: dict[str, Any], say: Say) -> dict[str, Any]:
    """Run `prove_restore` on the restored site, say what it does, and return what it found. Raises BackupError when it failed."""
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            [sys.executable, "manage.py", "prove_restore"],
            cwd=BASE_DIR,
            env=inside.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdin  # noqa: S101 # for the types
        assert process.stdout  # noqa: S101
        with contextlib.suppress(BrokenPipeError):  # it failed at its start, and says why
            # Left open: the other process ends when this one is killed.
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
        last = ""
        for line in process.stdout:
            last = line.strip()
            if not last.startswith("{"):
                say(last)
        if process.wait():
            errors.seek(0)
            lines = errors.read().strip().splitlines()
            raise BackupError(f"{last or 'The start'} failed on what was restored: {lines[-1] if lines else 'without a word'}")
    found: dict[str, Any] = json.loads(last)
    return found


def _fold_log(path: Path) -> None:
    """Put what the steps wrote into the database's one file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
