"""Copies of the database that are consistent while the site serves, and their way back. Nothing here needs Django's settings.

`config` is a value of settings.DATABASES, or what Env.db_url_config() makes of a DATABASE_URL.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from backups.archives import BackupError

Config = dict[str, Any]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Of a snapshot of SQLite, while it is made; its process holds the file open.
SNAPSHOT_BEGINS, SNAPSHOT_ENDS = ".backup-", ".sqlite3"
# Made again after a restore.
DERIVED = "modelsearch_"
# The tables that this account reads not at all, or by a policy that may leave out rows. The owner of a table reads all of it.
_HIDDEN = """
    SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND (
        NOT has_table_privilege(c.oid, 'SELECT')
        OR row_security_active(c.oid) AND (
            NOT EXISTS (
                SELECT 1 FROM pg_policies AS p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.permissive = 'PERMISSIVE'
                AND p.cmd IN ('ALL', 'SELECT') AND p.qual = 'true' AND p.roles && ARRAY['public', current_user]::name[]
            )
            OR EXISTS (
                SELECT 1 FROM pg_policies AS p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.permissive = 'RESTRICTIVE'
                AND p.cmd IN ('ALL', 'SELECT') AND p.qual <> 'true'
            )
        )
    ) ORDER BY c.relname
"""
# What libpq doesn't know among Django's OPTIONS.
_NOT_LIBPQ = {"pool", "isolation_level", "assume_role", "server_side_binding", "cursor_factory"}
# Entries of a dump that are made again by the site: rights of accounts that this server may not have (manage.py database_roles), and
# comments and schemas that only an administrator may make.
_LEFT_OUT = re.compile(r"\b(POLICY|ROW SECURITY|ACL|DEFAULT ACL|COMMENT|SCHEMA) |\bFUNCTION visitors ")


@dataclass(frozen=True)
class Snapshot:
    """A copy of the database as a file without a name, and what it holds."""

    engine: str
    file: IO[bytes]
    rows: dict[str, int]
    migrations: list[list[str]]
    newest_event: str | None


def engine(config: Config) -> str:
    """Return SQLITE or POSTGRESQL. Raises BackupError for another database."""
    for name in (SQLITE, POSTGRESQL):
        if name in str(config.get("ENGINE", "")):
            return name
    raise BackupError("DATABASE_URL names neither SQLite nor PostgreSQL.")


@contextlib.contextmanager
def snapshot(config: Config, folder: Path) -> Iterator[Snapshot]:
    """Yield a consistent copy of the database. It lies in `folder` without a name, so that nothing stays of it whatever happens.

    Raises BackupError, also for a database that isn't there or has nothing in it.
    """
    make = _sqlite_snapshot if engine(config) == SQLITE else _postgresql_snapshot
    copy = make(config, folder)
    try:
        if not copy.migrations or not copy.rows.get("accounts_user"):
            raise BackupError("The database is empty: there is nothing to back up. Is DATABASE_URL or DATA_DIR that of the site?")
        yield copy
    finally:
        copy.file.close()


def check_sqlite(config: Config) -> Path:
    """Return the path of the database. Raises BackupError where there is none, because Django and sqlite3 would make an empty one."""
    source = Path(config["NAME"])
    if not source.is_file() or not source.stat().st_size:
        raise BackupError(f"There is no database at {source}. Is DATA_DIR that of the site?")
    return source


def _sqlite_snapshot(config: Config, folder: Path) -> Snapshot:
    source = check_sqlite(config)
    descriptor, name = tempfile.mkstemp(prefix=SNAPSHOT_BEGINS, suffix=SNAPSHOT_ENDS, dir=folder)
    path = Path(name)
    file = os.fdopen(descriptor, "rb")
    try:
        with contextlib.closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=60)) as connection:
            # A read transaction, so writers go on. It copies no free page, so nothing of what was erased.
            connection.execute("VACUUM INTO ?", [name])
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            counted = _contents(connection.cursor(), _sqlite_tables(connection))
    except sqlite3.Error as error:
        file.close()
        raise BackupError(f"The database could not be copied: {error}.") from None
    finally:
        path.unlink(missing_ok=True)
    return Snapshot(SQLITE, file, *counted)


def _postgresql_snapshot(config: Config, folder: Path) -> Snapshot:
    try:
        connection = connect(config)
    except psycopg2.Error as error:
        raise BackupError(f"The database can't be reached: {_first_line(error)}") from None
    file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 # closed by snapshot()
    with contextlib.closing(connection), connection.cursor() as cursor:
        # What is counted and what is dumped are one state.
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor.execute("SELECT pg_export_snapshot()")
        [shared] = cursor.fetchone()
        _check_all_rows_are_seen(cursor)
        counted = _contents(cursor, _tables(cursor))
        # Rights and owners are those of the server that it is restored on. Without row security pg_dump refuses every account but the
        # owner; with it, it leaves out in silence what a policy hides, which is nothing here.
        options = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security", f"--snapshot={shared}")
        with _started("pg_dump", *options, f"--dbname={_dsn(config)}", config=config, stdout=file) as process:
            _ended("pg_dump", process)
    file.seek(0)
    return Snapshot(POSTGRESQL, file, *counted)


def _check_all_rows_are_seen(cursor: Any) -> None:
    """Refuse an account that row security, or a missing right, keeps from a row: nobody would miss it. Raises BackupError."""
    cursor.execute(_HIDDEN)
    hidden = [row[0] for row in cursor.fetchall()]
    if hidden:
        cursor.execute("SELECT current_user")
        [account] = cursor.fetchone()
        names = ", ".join(hidden[:3]) + (" and others" if len(hidden) > 3 else "")
        raise BackupError(
            f"The database account {account} doesn't see all rows of {names}, so they would be missing. Back up as recovery_staff or as "
            "the owner of the tables; after an update run `manage.py database_roles` first."
        )


def size(config: Config) -> int:
    """Return about how many bytes a copy of the database has. Raises BackupError when it can't be reached."""
    if engine(config) == SQLITE:
        return check_sqlite(config).stat().st_size
    try:
        with contextlib.closing(connect(config)) as connection, connection.cursor() as cursor:
            # Without indexes, which a dump makes again.
            cursor.execute(
                "SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            )
            return int(cursor.fetchone()[0])
    except psycopg2.Error as error:
        raise BackupError(f"The database can't be reached: {_first_line(error)}") from None


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [row[0] for row in names]


def _tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [row[0] for row in cursor.fetchall()]


def _contents(cursor: Any, tables: list[str]) -> tuple[dict[str, int], list[list[str]], str | None]:
    """Return the rows of each table, the migrations that were applied, and when the newest event was."""

    def first(query: str) -> Any:
        cursor.execute(query)
        return cursor.fetchone()[0]

    rows = {table: first(f'SELECT count(*) FROM "{table}"') for table in tables if not table.startswith(DERIVED)}  # noqa: S608
    migrations: list[list[str]] = []
    if "django_migrations" in tables:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = [list(row) for row in cursor.fetchall()]
    newest = first("SELECT max(at) FROM intake_event") if "intake_event" in tables else None
    return rows, migrations, str(newest) if newest else None


def rows(config: Config) -> dict[str, int]:
    """Return the number of rows of each table of a database that is there."""
    if engine(config) == SQLITE:
        with contextlib.closing(sqlite3.connect(f"file:{config['NAME']}?mode=rw", uri=True)) as connection:
            return _contents(connection.cursor(), _sqlite_tables(connection))[0]
    with contextlib.closing(connect(config)) as connection, connection.cursor() as cursor:
        return _contents(cursor, _tables(cursor))[0]


def tables_in(config: Config) -> int:
    """Return how many tables the PostgreSQL database has. Raises BackupError when it can't be reached."""
    try:
        with contextlib.closing(connect(config)) as connection, connection.cursor() as cursor:
            return len(_tables(cursor))
    except psycopg2.Error as error:
        raise BackupError(f"The database can't be reached: {_first_line(error)}") from None


def restore_sqlite(path: Path, content: IO[bytes]) -> None:
    """Write the database's file."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())


def table_of_contents(content: IO[bytes]) -> str:
    """Return which entries of a dump are restored, one a line, as pg_restore reads it. Reads `content` to its end."""
    with tempfile.TemporaryFile() as out, _started("pg_restore", "--list", config=None, stdout=out) as process:
        with contextlib.suppress(BrokenPipeError):  # it needs the beginning only
            shutil.copyfileobj(content, process.stdin, 1 << 20)
        _ended("pg_restore", process)
        out.seek(0)
        lines = out.read().decode().splitlines()
    return "".join(f"{line}\n" for line in lines if not _LEFT_OUT.search(line.partition(" ")[2]))


def restore_postgresql(config: Config, content: IO[bytes], entries: str) -> None:
    """Restore a dump into an empty database, in one transaction. Raises BackupError, and the database is empty as before."""
    with tempfile.NamedTemporaryFile("w") as chosen:
        chosen.write(entries)
        chosen.flush()
        options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--use-list={chosen.name}")
        with _started("pg_restore", *options, f"--dbname={_dsn(config)}", config=config) as process:
            with contextlib.suppress(BrokenPipeError):
                shutil.copyfileobj(content, process.stdin, 1 << 20)
            _ended("pg_restore", process)


def empty(config: Config) -> None:
    """Remove all tables, sequences and functions of a PostgreSQL database that this account owns."""
    with contextlib.closing(connect(config)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS visitors CASCADE")
        for table in _tables(cursor):
            cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier("public", table)))
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        for [function] in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")


@contextlib.contextmanager
def scratch(config: Config, name: str) -> Iterator[Config]:
    """Make an empty database beside the one of `config`, yield it, and remove it."""
    try:
        connection = connect(config)
        connection.autocommit = True
        with connection.cursor() as cursor:
            # Of rehearsals that were killed.
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'recovery\\_rehearsal\\_%' AND pg_has_role(datdba, 'USAGE')")
            for [left] in cursor.fetchall():
                with contextlib.suppress(psycopg2.errors.ObjectInUse):  # one that runs now
                    cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(left)))
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
    except psycopg2.errors.InsufficientPrivilege:
        raise BackupError("A rehearsal makes a database and removes it. Allow it: ALTER ROLE … CREATEDB.") from None
    except psycopg2.Error as error:
        raise BackupError(f"The database server of DATABASE_URL can't be used: {_first_line(error)}") from None
    try:
        yield config | {"NAME": name}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.close()


def connect(config: Config) -> Any:
    """Return a psycopg2 connection."""
    return psycopg2.connect(_dsn(config), password=config.get("PASSWORD") or None)


def _dsn(config: Config) -> str:
    """Return where the database is, without the password: it would be read by everybody in the list of processes."""
    named = {"dbname": config["NAME"], "user": config.get("USER"), "host": config.get("HOST"), "port": config.get("PORT")}
    options = {name: value for name, value in (config.get("OPTIONS") or {}).items() if name not in _NOT_LIBPQ and name != "password"}
    return psycopg2.extensions.make_dsn(**{name: value for name, value in {**named, **options}.items() if value})


def url(config: Config) -> str:
    """Return the DATABASE_URL of `config`, password included: for the environment of another process, never for a command line."""
    account = quote(config.get("USER") or "", safe="")
    if config.get("PASSWORD"):
        account += ":" + quote(config["PASSWORD"], safe="")
    hosts, folder = (config.get("HOST") or "").split(","), ""
    if hosts[0].startswith("/"):  # a socket stands in the path
        hosts, folder = [""], hosts[0]
    ports = str(config.get("PORT") or "").split(",")
    if len(ports) == 1:  # one port is that of all hosts
        ports *= len(hosts)
    pairs = zip((quote(host, safe=":[]") for host in hosts), ports, strict=True)
    servers = ",".join(f"{host}:{port}" if port else host for host, port in pairs)
    path = quote(f"{folder}/{config['NAME']}")
    query = urlencode(config.get("OPTIONS") or {})
    return f"postgres://{account}{'@' if account else ''}{servers}{'/' if folder else ''}{path}{'?' if query else ''}{query}"


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, the newest that is here. Raises BackupError."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, versions), os.environ.get("PATH", "")]))
    if not found:
        raise BackupError(f"{name} isn't installed (Debian: apt install postgresql-client).")
    return found


@contextlib.contextmanager
def _started(name: str, *options: str, config: Config | None, stdout: Any = subprocess.DEVNULL) -> Iterator[Any]:
    """Yield one of PostgreSQL's programs that reads from `stdin`."""
    environment = dict(os.environ)
    if config and config.get("PASSWORD"):
        environment["PGPASSWORD"] = config["PASSWORD"]
    errors = tempfile.TemporaryFile()  # noqa: SIM115 # closed below
    process = subprocess.Popen(  # noqa: S603
        [_program(name), *options], env=environment, stdin=subprocess.PIPE, stdout=stdout, stderr=errors
    )
    process.errors = errors  # type: ignore[attr-defined]
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        errors.close()


def _ended(name: str, process: Any) -> None:
    """Wait for the end of a program. Raises BackupError with its first line when it failed."""
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    if process.wait():
        process.errors.seek(0)
        raise BackupError(f"{name} failed: {_first_line(process.errors.read(2000).decode(errors='replace'))}")


def _first_line(error: Exception | str) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
