"""Bring the site's data up to date before it is served: secrets, tables, static files, demo data, starter guides.

Everything happens in one process, and steps whose input hasn't changed since the last start are skipped, by the migration plan and by
hashes of the static files and starter guides. A second start takes 1.6 s to the first page; five management commands would start Python
five times. Only hashed static files are kept: every address that the site writes contains the hash, and compressing the plain names as
well doubled the time of the first start.
"""

import errno
import hashlib
import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DatabaseError

from recovery_site import secrets

ROOT = Path(__file__).resolve().parent.parent


class Prepared:
    """What the last start prepared, kept as one hash a subject in a small file beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.done: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            self.done = {}

    def is_current(self, subject: str, state: str) -> bool:
        """Tell whether `subject` was prepared from exactly this `state`."""
        return self.done.get(subject) == state

    def remember(self, subject: str, state: str) -> None:
        """Write down that `subject` was prepared from `state`."""
        self.done[subject] = state
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(self.done), encoding="ascii")
        temporary.replace(self.path)


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of the contents of files, of all files in folders, and of the texts `more`."""
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


def prepare() -> None:
    """Make or update whatever the site needs before its first page."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if secrets.create_missing(Path(os.environ.get("SECRETS_DIR") or data / "secrets")):
        say(f"Made the site's secrets in {data}")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    prepared = Prepared(data / "prepared.json")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Creating the database's tables")
        call_command("migrate", interactive=False, verbosity=0)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    collected = Prepared(settings.STATIC_ROOT / "prepared.json")
    files = fingerprint([ROOT / "static", ROOT / "requirements.txt"])
    if not collected.is_current("files", files):
        say("Collecting and compressing the static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        collected.remember("files", files)
    # These two are remembered for a database: another one is empty.
    database = str(settings.DATABASES["default"]["NAME"]) + str(settings.DATABASES["default"].get("HOST", ""))
    if not prepared.is_current("demo", database):
        call_command("setup_demo")
        prepared.remember("demo", database)
    guides = fingerprint([ROOT / "articles" / "starter"], database)
    if not prepared.is_current("guides", guides):
        say("Loading the starter guides")
        call_command("load_starter_guides", stdout=io.StringIO())
        prepared.remember("guides", guides)


def main() -> int:
    """Prepare the site; return an exit code, after one line that says the mend when something is in the way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    try:
        prepare()
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _give_up("The disk is full. Free some space, then run script/server again.")
        if isinstance(error, PermissionError):
            return _give_up(f"{error.filename} can't be written. Give it to the user who runs script/server, or set DATA_DIR.")
        raise
    except DatabaseError as error:
        if "disk is full" in str(error):
            return _give_up("The disk is full. Free some space, then run script/server again.")
        raise
    return 0


def _give_up(reason: str) -> int:
    sys.stderr.write(f"server: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
