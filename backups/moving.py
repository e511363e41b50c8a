"""Moving a site from SQLite to PostgreSQL: all rows in one transaction, compared, or none."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.color import no_style
from django.db import DatabaseError, connection, connections, models, transaction
from django.utils import timezone

from backups import databases
from backups.archives import BackupError

TARGET = "target"
BATCH = 500  # rows
# Its table of entries differs from database to database, and is filled by `rebuild_search`.
DERIVED = {"modelsearch"}

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Moved:
    """What was copied, and the name that the former database has now."""

    rows: int
    tables: int
    former: Path


def move(url: str, *, progress: Progress) -> Moved:
    """Copy the site's SQLite database into the empty PostgreSQL database of `url`, and put the former one aside.

    Raises BackupError when anything else has the site's database open, and for a database that isn't empty. After an error the
    site goes on with SQLite; tables that were made in the other database hold none of its rows.
    """
    if connection.vendor != "sqlite":
        raise BackupError("The site uses PostgreSQL already: DATABASE_URL names it.")
    source = databases.check_sqlite(settings.DATABASES["default"])
    config = _target(url)
    if tables := databases.tables_in(config):
        raise BackupError(f"The database {config['NAME']} has {tables} tables already. Give an empty one: dropdb and createdb make it.")
    _stop_others()
    try:
        _manage(url, "migrate", "--no-input", "--verbosity", "0")
        connections.databases[TARGET] = {**connections["default"].settings_dict, **config, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
        try:
            counts = _copy(progress)
        finally:
            connections[TARGET].close()
            del connections[TARGET]
            del connections.databases[TARGET]
        # Rights and content types that only this database has; then what is derived.
        _manage(url, "migrate", "--no-input", "--verbosity", "0")
        _manage(url, "rebuild_search")
    finally:
        connection.close()
    former = source.with_name(f"{source.name}.moved-{timezone.now():%Y%m%d%H%M%S}")
    source.rename(former)
    return Moved(sum(counts.values()), len(counts), former)


def _target(url: str) -> dict[str, Any]:
    try:
        config = dict(environ.Env.db_url_config(url))
    except (ImproperlyConfigured, KeyError, ValueError):
        config = {}
    if "postgresql" not in str(config.get("ENGINE")):
        raise BackupError("This is no address of a PostgreSQL database: postgres://user@host/name.")
    return config


def _stop_others() -> None:
    """Make sure that no other process has the database open, and that none can read or write it until the end. Raises BackupError.

    SQLite leaves its write-ahead log only when nobody else uses the file.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 2000")
            cursor.execute("PRAGMA journal_mode = DELETE")
            [mode] = cursor.fetchone()
            cursor.execute("PRAGMA locking_mode = EXCLUSIVE")
    except DatabaseError:
        mode = ""
    if mode != "delete":
        connection.close()
        raise BackupError("The site is running: something has its database open. Stop web, worker and housekeeping first.")
    connection.transaction_mode = "EXCLUSIVE"  # type: ignore[attr-defined]


def _copy(progress: Progress) -> dict[str, int]:
    """Copy all rows in one transaction; return their number by table. Constraints are checked at its end."""
    counts: dict[str, int] = {}
    with transaction.atomic(), transaction.atomic(using=TARGET):
        moved = list(_models())
        for model in moved:
            # What migrations put there: the rows of the site take their place.
            model._base_manager.using(TARGET)._raw_delete(TARGET)
        for model in moved:
            counts[model._meta.db_table] = _copy_table(model)
            progress(model._meta.db_table, counts[model._meta.db_table])
        with connections[TARGET].cursor() as cursor:
            for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), moved):
                cursor.execute(statement)
        connections[TARGET].check_constraints()
        for model in moved:
            table = model._meta.db_table
            numbers = counts[table], model._base_manager.using(TARGET).count(), model._base_manager.using("default").count()
            if len(set(numbers)) != 1:
                raise BackupError(f"{table}: {numbers[2]} rows became {numbers[1]}. Nothing was moved.")
    return counts


def _models() -> Iterator[type[models.Model]]:
    """Yield every model with a table of its own, tables between two models among them."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in DERIVED:
            yield model


def _copy_table(model: type[models.Model]) -> int:
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    manager = model._base_manager
    batch: list[models.Model] = []
    number = 0

    def flush() -> None:
        nonlocal number
        # As a fixture is loaded: values as they are, without those that a save would set.
        manager.using(TARGET)._insert(batch, fields=fields, using=TARGET, raw=True)  # type: ignore[attr-defined]
        number += len(batch)
        batch.clear()

    for row in manager.using("default").order_by("pk").iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            flush()
    if batch:
        flush()
    return number


def _manage(url: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise BackupError(f"`manage.py {arguments[0]}` failed on the new database: {lines[-1] if lines else 'without a word'}")
