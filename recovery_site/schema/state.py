"""Whether the database and the code are of the same release."""

import enum
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from recovery_site import SERVES_FROM, __version__
from recovery_site.schema.models import Release

# All columns of the schema in one query: a site has some hundred tables.
COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'",
    # Not information_schema, which hides what this account may not read.
    "postgresql": """
        SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
        WHERE t.relkind IN ('r', 'p', 'v') AND c.attnum > 0 AND NOT c.attisdropped AND pg_table_is_visible(t.oid)
    """,
}
UPGRADE = "Run script/upgrade, which makes a backup first (docs/operations.md, Upgrading)."


class Kind(enum.Enum):
    """In which way database and code differ."""

    EMPTY = "the database is empty"
    OLDER = "the database is older than the code"
    NEWER = "the database is newer than the code, which doesn't work with it"
    AHEAD = "the database is newer than the code, which works with it all the same"
    OTHER = "the database has other columns than the release it says"


@dataclass(frozen=True)
class Difference:
    """How database and code differ: one sentence, and the mend."""

    kind: Kind
    sentence: str
    mend: str

    @property
    def blocks(self) -> bool:
        """Return whether a process must not start."""
        return self.kind is not Kind.AHEAD


def difference() -> Difference | None:
    """Compare the database with the code: migrations, then columns. Three queries. Raises DatabaseError when it can't be asked."""
    columns = _columns()
    if not columns:
        return Difference(Kind.EMPTY, "The database is empty.", "Is it the right one (DATABASE_URL)? Run `manage.py migrate`.")
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    applied = _applied()
    if applied is not None:
        ours = {label for label, _name in known}
        if unknown := sorted(" ".join(one) for one in applied - known if one[0] in ours):
            return _newer(unknown)
        if missing := sorted(" ".join(one) for one in known - applied):
            return _older(f"{len(missing)} changes of the database are missing, the first is {missing[0]}")
    lacking = _lacking(columns)
    if not lacking:
        return None
    names = ", ".join(lacking[:3])
    if applied is None:
        return _older(f"it lacks {names}")
    mend = "Restore a backup of this release. A database from before 0.1.0 can't be upgraded."
    return Difference(Kind.OTHER, f"The database lacks {names}, which the migrations that it lists had made.", mend)


def announce() -> None:
    """Write down the release before its migrations, so that old code knows also in the middle of them whether it may go on.

    A database that was never migrated by a release with this table can't say so, and 0.1.0 doesn't ask.
    """
    if Release._meta.db_table in connection.introspection.table_names():
        _write()


def record() -> None:
    """Write down the release if all its migrations are applied."""
    if difference() is None:
        _write()


def _write() -> None:
    Release.objects.update_or_create(version=__version__, defaults={"serves_from": SERVES_FROM})


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: (0, 2, 0) for "0.2.0"."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def newest(releases: Iterable[Release]) -> Release | None:
    """Return the newest of `releases`."""
    return max(releases, key=lambda one: number(one.version), default=None)


def _columns() -> dict[str, set[str]]:
    columns: dict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        for table, column in cursor.fetchall():
            columns[table].add(column)
    return columns


def _applied() -> set[tuple[str, str]] | None:
    """Return the migrations that the database lists. None where this account may not read them: before `database_roles`."""
    try:
        return set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return None


def _older(why: str) -> Difference:
    return Difference(Kind.OLDER, f"The database is of an older release than the code ({__version__}): {why}.", UPGRADE)


def _newer(unknown: list[str]) -> Difference:
    try:
        release = newest(Release.objects.all())
    except DatabaseError:
        release = None
    if release is None or number(release.version) < number(__version__):
        mend = "Install the release that made it, or restore the backup from before the update."
        return Difference(Kind.NEWER, f"The database is of a newer release than the code ({__version__}): {unknown[-1]}.", mend)
    if number(release.serves_from) <= number(__version__):
        mend = f"Nothing must be done now: this release works with it. Install {release.version} when you can."
        return Difference(Kind.AHEAD, f"The database is of release {release.version}, the code of {__version__}.", mend)
    mend = f"Install {release.version} (or a newer one): older than {release.serves_from} doesn't work with this database."
    return Difference(Kind.NEWER, f"The database is of release {release.version}, newer than the code ({__version__}).", mend)


def _lacking(columns: dict[str, set[str]]) -> list[str]:
    """Return the tables, and of tables that are there the columns, that the models have and the database hasn't."""
    return sorted(
        {
            f"{model._meta.db_table}.{field.column}" if model._meta.db_table in columns else model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy
            for field in model._meta.local_concrete_fields
            if field.column not in columns.get(model._meta.db_table, set()) | {"rowid"}  # a virtual table of the search has it unlisted
        }
    )
