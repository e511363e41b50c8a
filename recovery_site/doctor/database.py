"""System checks of the database: that it is there, takes what is written, and has the columns of this release."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

MIGRATE = "Run `manage.py migrate`."
# All columns of the schema in one query: a site has some hundred tables.
COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'",
    # Not information_schema, which hides what this account may not read.
    "postgresql": """
        SELECT t.relname, c.attname FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
        WHERE t.relkind IN ('r', 'p', 'v') AND c.attnum > 0 AND NOT c.attisdropped AND pg_table_is_visible(t.oid)
    """,
}


def _registered(function: Callable[[], list[CheckMessage]]) -> Callable[[], list[CheckMessage]]:
    """Register a check that runs only where the database may be asked (`doctor`, `check --deploy --database default`)."""

    def checked(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
        return function() if databases else []

    register(checked, Tags.database, deploy=True)
    return function


@_registered
def the_database_works() -> list[CheckMessage]:
    """Check that the database can be reached and written to, and has the tables and columns of this release."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        # The first line names the server and what it says, never what was written: nothing was sent yet.
        why = str(error).strip().splitlines()[:1] or [type(error).__name__]
        mend = "Start the database, or correct DATABASE_URL."
        return [Error(f"The database can't be reached: {why[0]}", hint=mend, id="doctor.E020")]
    return _writable() or _schema()


def _writable() -> list[CheckMessage]:
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery()")
                read_only = cursor.fetchone()[0]
        else:
            # On SQLite each transaction begins as one that writes (settings.DATABASES).
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("DELETE FROM django_session WHERE 0")
            read_only = False
    except DatabaseError as error:
        read_only = "no such table" not in str(error)
    if not read_only:
        return []
    mend = "Is this a standby, is the disk full, or does the file belong to another user? Forms are refused until it is mended."
    return [Error("The database can't be written to.", hint=mend, id="doctor.E021")]


def _schema() -> list[CheckMessage]:
    """Compare the real columns with those of the models. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        columns: dict[str, set[str]] = defaultdict(set)
        for table, column in cursor.fetchall():
            columns[table].add(column)
    if not columns:
        return [Error("The database is empty.", hint=f"Is it the right one (DATABASE_URL)? {MIGRATE}", id="doctor.E022")]
    lacking = [
        f"{model._meta.db_table}.{field.column}" if model._meta.db_table in columns else model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if field.column not in columns[model._meta.db_table] | {"rowid"}  # a virtual table of the search has it unlisted
    ]
    if lacking:
        names = ", ".join(sorted(set(lacking))[:3])
        mend = f"Make a backup. {MIGRATE} If it says that nothing is to be done, the database is older than 0.1.0."
        return [Error(f"The database is of an older release: it lacks {names}.", hint=mend, id="doctor.E023")]
    return _newer()


def _newer() -> list[CheckMessage]:
    """Check that no migration was applied that this release doesn't know: then the code was taken back and the database wasn't."""
    from django.db.migrations.loader import MigrationLoader

    try:
        known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:  # the visitors' half may not read it
        return []
    ours = {label for label, _name in known}
    unknown = sorted(f"{label} {name}" for label, name in applied - known if label in ours)
    if not unknown:
        return []
    mend = "Install the release that made it, or restore the backup from before the update."
    return [Error(f"The database is of a newer release than the code: {unknown[-1]}.", hint=mend, id="doctor.E024")]


@_registered
def nobody_signs_in_with_a_printed_password() -> list[CheckMessage]:
    """Check that the demo's accounts are off on a site that people reach, and that an operator exists."""
    if not settings.SERVES_STAFF:
        return []
    people: type[Model] = get_user_model()
    try:
        active = people._default_manager.filter(is_active=True, is_staff=True)
        demo = active.filter(username__startswith="demo-").count() if settings.HTTPS else 0
        has_operator = active.filter(is_superuser=True).exists()
    except DatabaseError:
        return []
    found: list[CheckMessage] = []
    if demo:
        mend = "Switch off each account whose name begins with demo-."
        found.append(Error(f"{demo} accounts of the demo are active: their passwords were printed.", hint=mend, id="doctor.E025"))
    if not has_operator:
        mend = "Make one with `manage.py createsuperuser`."
        found.append(Warning("There is no operator: no active superuser.", hint=mend, id="doctor.W025"))
    return found
