"""System checks of the database: that it is there, takes what is written, and has the columns of this release."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import ERROR, WARNING, CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from recovery_site.doctor import machine
from recovery_site.schema import state

CODES: dict[state.Kind, tuple[int, str]] = {
    state.Kind.EMPTY: (ERROR, "doctor.E022"),
    state.Kind.OLDER: (ERROR, "doctor.E023"),
    state.Kind.OTHER: (ERROR, "doctor.E023"),
    state.Kind.NEWER: (ERROR, "doctor.E024"),
    state.Kind.AHEAD: (WARNING, "doctor.W024"),
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
    """Compare the database with the code. A newer database that this release works with is a warning."""
    found = state.difference()
    if found is None:
        return []
    level, code = CODES[found.kind]
    return [CheckMessage(level, found.sentence, hint=found.mend, id=code)]


@_registered
def the_disk_of_the_database_has_room() -> list[CheckMessage]:
    """Check the disk on which the database lies, where it is on this machine and has another one than DATA_DIR (doctor.E031).

    PostgreSQL names its folder only to an account that has pg_read_all_settings, as deploy/install gives it to the staff's. On other
    machines deploy/postgresql/watch looks.
    """
    if not settings.SERVES_STAFF or (folder := _folder()) is None:
        return []
    try:
        if folder.stat().st_dev == Path(settings.DATA_DIR).stat().st_dev:
            return []
        free = shutil.disk_usage(folder).free
    except OSError:
        return []
    mend = "Free some space there, or give the disk more room: without any PostgreSQL stops, and forms are refused."
    if free < machine.FULL:
        return [Error(f"The disk of the database ({folder}) is full: {free // machine.MB} MB are free.", hint=mend, id="doctor.E036")]
    if free < machine.TIGHT:
        return [Warning(f"The disk of the database ({folder}) fills up: {free // machine.MB} MB are free.", hint=mend, id="doctor.W036")]
    return []


def _folder() -> Path | None:
    """Return the folder of the database if it is known and on this machine."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
            else:
                here = "inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()"
                cursor.execute(f"SELECT setting FROM pg_settings WHERE name = 'data_directory' AND ({here})")  # noqa: S608
            row = cursor.fetchone()
    except DatabaseError:
        return None
    if not row or not row[0]:
        return None
    return Path(row[0]).parent if connection.vendor == "sqlite" else Path(row[0])


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
