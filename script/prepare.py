"""Prepare the site before it is served: secrets, migrations, static files, demo data and starter guides.

All steps run in one process, which is faster than five management commands. Steps whose input hasn't changed since the last
start are skipped, based on the migration plan and on hashes of the static files and starter guides, so that a second start
takes 1.6 s. Only hashed static files are kept, because compressing the plain names as well would double the time of the first
start.
"""

import contextlib
import errno
import fcntl
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from recovery_site import secrets

ROOT = Path(__file__).resolve().parent.parent


class Prepared:
    """Remembers what was prepared at the last start, as one hash per subject in a small file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.done: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            self.done = {}

    def is_current(self, subject: str, state: str) -> bool:
        """Return whether `subject` was last prepared from `state`."""
        return self.done.get(subject, "") == state

    def remember(self, subject: str, state: str) -> None:
        """Record that `subject` was prepared from `state`."""
        self.done[subject] = state
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(self.done), encoding="ascii")
        temporary.replace(self.path)


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of the contents of files, all files in folders, and the texts in `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def say(text: str) -> None:
    """Print one step."""
    sys.stdout.write(f"==> {text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Wait until no other start prepares this folder, and keep others waiting meanwhile."""
    with (data / "preparing").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start, which is preparing the same folder")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def collect_static_files(folder: Path) -> None:
    """Collect and compress the static files, unless those of this release are there."""
    folder.mkdir(parents=True, exist_ok=True)
    collected = Prepared(folder / "prepared.json")
    files = fingerprint([ROOT / "static", ROOT / "requirements.txt"])
    if collected.is_current("files", files):
        return
    say("Collecting and compressing the static files")
    # One that was interrupted may have left half a file, which Django would take for a whole one.
    was_interrupted = not collected.is_current("begun", "")
    collected.remember("begun", files)
    call_command("collectstatic", interactive=False, verbosity=0, clear=was_interrupted and any(folder.iterdir()))
    collected.done = {"files": files, "begun": ""}
    collected.remember("files", files)


def prepare() -> None:
    """Create or update everything the site needs before it is served. Any step may be interrupted: the next start does it again."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(data):
        _prepare(data)


def _prepare(data: Path) -> None:
    made = secrets.create_missing(Path(os.environ.get("SECRETS_DIR") or data / "secrets"))
    if made:
        say(f"Made the site's secrets in {data}")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from recovery_site.schema import starting

    prepared = Prepared(data / "prepared.json")
    # These depend on the database, since a new one is empty.
    database = str(settings.DATABASES["default"]["NAME"]) + str(settings.DATABASES["default"].get("HOST", ""))
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    tables = fingerprint([], database, *map(str, newest))
    # Also after a start that was killed between the last migration and what `migrate` does behind it.
    if executor.migration_plan(newest) or not prepared.is_current("tables", tables):
        say("Creating the database's tables")
        call_command("migrate", interactive=False, verbosity=0)
        prepared.remember("tables", tables)
    starting.refuse_another_schema()
    if "organisation_key" in made:
        # Keys from before there was one are signed by it before anything is sealed to them.
        from intake.crypto import keyring

        keyring.verify_keys(timezone.now())
    collect_static_files(settings.STATIC_ROOT)
    if not prepared.is_current("demo", database):
        call_command("setup_demo")
        prepared.remember("demo", database)
    guides = fingerprint([ROOT / "articles" / "starter"], database)
    if not prepared.is_current("guides", guides):
        say("Loading the starter guides")
        call_command("load_starter_guides", stdout=io.StringIO())
        if os.environ.get("DEMO_CASES", "1") != "0":
            call_command("setup_demo_guides")
        prepared.remember("guides", guides)


def main() -> int:
    """Prepare the site. Return an exit code; on failure print one line that says what to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    try:
        prepare()
    except KeyboardInterrupt:
        return 130
    except (ImproperlyConfigured, secrets.MissingSecret) as error:
        return _give_up(str(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _give_up("The disk is full. Free some space, then run script/server again.")
        if isinstance(error, PermissionError):
            return _give_up(f"{error.filename} can't be written. Give it to the user who runs script/server, or set DATA_DIR.")
        raise
    except DatabaseError as error:
        if "disk is full" in str(error):
            return _give_up("The disk is full. Free some space, then run script/server again.")
        if isinstance(error, OperationalError) and "no such" not in str(error):
            return _give_up(f"The database doesn't work: {str(error).strip().splitlines()[0]}. Start it, or correct DATABASE_URL.")
        raise
    return 0


def _give_up(reason: str) -> int:
    sys.stderr.write(f"server: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
