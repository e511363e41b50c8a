"""Create the database of this release, which later releases are tested to migrate (tests/ops/test_upgrade.py).

    .venv/bin/python -m script.make_release_database

Run it once per release, after the last migration, and commit the files in tests/data/upgrade/: 0.1.0.sqlite3.xz,
0.1.0.postgres.sql.xz if PostgreSQL is installed, and a .json file with each one's secrets and keys, which aren't used for
anything else.
"""

import argparse
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import django

from recovery_site import __version__, secrets
from tests.support.cluster import PostgresMissing, temporary_cluster

ROOT = Path(__file__).resolve().parent.parent
UPGRADE = ROOT / "tests" / "data" / "upgrade"
MOST_BYTES = 2_000_000  # of one file in the repository


def main() -> int:
    """Make the databases; with --fill, be the process that fills one of them."""
    parser = argparse.ArgumentParser(description="Make the database of this release for the tests of upgrades.")
    parser.add_argument("--fill", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        _fill(options.fill)
        return 0
    with tempfile.TemporaryDirectory() as name:
        facts = _filled(Path(name))
        database = Path(name) / "db.sqlite3"
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA journal_mode = DELETE")
        _write(f"{__version__}.sqlite3", database.read_bytes(), facts)
    try:
        with temporary_cluster() as cluster, tempfile.TemporaryDirectory() as name:
            facts = _filled(Path(name), DATABASE_URL=cluster.create_database("release"))
            _write(f"{__version__}.postgres.sql", cluster.dump("release"), facts)
    except PostgresMissing as missing:
        sys.stdout.write(f"{missing}: only the SQLite database was made.\n")
    return 0


def _filled(folder: Path, **more: str) -> dict[str, Any]:
    """Fill a new site whose data folder is `folder`, in a process of its own; return what opens it."""
    ours = ("DATABASE_URL", "SITE_ROLE", "SECRETS_DIR", "CENTRE_KEYS_DIR", "RECOVERY_PUBLIC_KEY", "CACHE_URL")
    environment = {key: value for key, value in os.environ.items() if key not in ours}
    environment |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "recovery_site.settings", **more}
    secrets.create_missing(folder / "secrets")
    output = folder / "facts.json"
    subprocess.run([sys.executable, "-m", "script.make_release_database", "--fill", output], cwd=ROOT, env=environment, check=True)  # noqa: S603
    facts: dict[str, Any] = json.loads(output.read_text())
    for name in ("secrets", "centre-keys"):
        facts[name] = {path.name: path.read_text(encoding="ascii").strip() for path in sorted((folder / name).iterdir())}
    return facts


def _fill(output: Path) -> None:
    django.setup()
    from django.core.management import call_command

    from script import release_data

    call_command("migrate", interactive=False, verbosity=0)
    output.write_text(json.dumps({**release_data.fill(), "migrations": newest_migrations()}))


def newest_migrations() -> list[str]:
    """Return the last migration of each app of this code: "intake.0030_health" and so on."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(".".join(node) for node in MigrationLoader(None).graph.leaf_nodes())


def _write(name: str, content: bytes, facts: dict[str, Any]) -> None:
    UPGRADE.mkdir(parents=True, exist_ok=True)
    packed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
    if len(packed) > MOST_BYTES:
        raise SystemExit(f"{name}.xz has {len(packed)} bytes; it should have at most {MOST_BYTES}. Leave something out.")
    (UPGRADE / f"{name}.xz").write_bytes(packed)
    (UPGRADE / f"{name}.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{UPGRADE / name}.xz: {len(packed):,} bytes, {sum(facts['rows'].values())} rows\n")


if __name__ == "__main__":
    sys.exit(main())
