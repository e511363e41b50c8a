"""Migrates a copy of the database with the code of this release, and opens a canary in it.

Run by script/upgrade with the new release's own environment, before the real database is touched. Ends with 0 when it works, with 2
when no copy can be made here, and with 1 when the migration or the canary fails.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from environ import Env

from backups import archives, databases

ROOT = Path(__file__).resolve().parents[2]
PREFIX = ".upgrade-"
NO_COPY = 2


@contextlib.contextmanager
def copy(folder: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of a copy of the site's database, and remove it. Raises archives.BackupError."""
    here = Env.db_url_config(os.environ.get("DATABASE_URL") or f"sqlite:///{data_folder() / 'db.sqlite3'}")
    with databases.snapshot(here, folder) as made:
        if made.engine == databases.SQLITE:
            databases.restore_sqlite(folder / "copy.sqlite3", made.file)
            yield f"sqlite:///{folder / 'copy.sqlite3'}"
            return
        with databases.scratch(here, f"recovery_rehearsal_{os.getpid()}_{int(time.time())}") as config:
            entries = databases.table_of_contents(made.file)
            made.file.seek(0)
            databases.restore_postgresql(config, made.file, entries)
            yield databases.url(config)


def data_folder() -> Path:
    """Return where the site keeps its data."""
    return Path(os.environ.get("DATA_DIR") or ROOT / "var")


def main() -> int:
    """Rehearse, and return the exit status."""
    place = data_folder() if os.access(data_folder(), os.W_OK) else None
    for left in place.glob(f"{PREFIX}*") if place else ():
        shutil.rmtree(left, ignore_errors=True)  # of one that was killed
    try:
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as name, copy(Path(name)) as url:
            for arguments in (["migrate", "--no-input", "--verbosity", "0"], ["open_canary", "--by-receipt-only"]):
                environment = {**os.environ, "DATABASE_URL": url}
                done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=False)  # noqa: S603
                if done.returncode:
                    return 1
    except (archives.BackupError, OSError) as error:
        sys.stdout.write(f"{error}\n")
        return NO_COPY
    return 0


if __name__ == "__main__":
    sys.exit(main())
