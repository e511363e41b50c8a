"""System checks of the two halves: that each has the database account that is meant for it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from recovery_site.database.roles import PUBLIC, STAFF

# For the account of this connection: whether it reads the staff's accounts, whether it could give itself every right, and whether
# deploy/postgresql/roles.sql was run.
_RIGHTS = """
    SELECT has_table_privilege(person.oid, 'SELECT'), pg_has_role(person.relowner, 'USAGE'),
        EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'visitors')
    FROM pg_class AS person WHERE person.oid = to_regclass('public.accounts_user')
"""


@register(Tags.security)
def each_half_has_an_account(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that a site in two halves isn't on SQLite, whose file has no accounts."""
    if settings.SITE_ROLE == "all" or connection.vendor != "sqlite":
        return []
    return [
        Error(
            f"SITE_ROLE is {settings.SITE_ROLE}, and the database is SQLite: whoever can write its file can read all of it.",
            hint="Use PostgreSQL for a site in two halves, or SITE_ROLE=all (docs/operations.md, Two halves).",
            id="recovery_site.E001",
        )
    ]


@register(Tags.security, deploy=True)
def one_half_is_a_choice(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn that one process holds everything, where that is so."""
    if settings.SITE_ROLE != "all":
        return []
    mend = "Run it in two halves" if connection.vendor == "postgresql" else "That needs PostgreSQL; with SQLite there is one half only"
    return [
        Warning(
            "The visitors' pages and the staff's run in one process: whoever breaks into it can read every stored inquiry.",
            hint=f"{mend} (docs/operations.md, Two halves).",
            id="recovery_site.W002",
        )
    ]


@register(Tags.database)
def the_account_has_the_rights_of_its_half(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check the account at PostgreSQL. Runs only with `check --database default` and `migrate`, and once the tables exist. One query."""
    if not databases or connection.vendor != "postgresql" or settings.SITE_ROLE == "all":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(_RIGHTS)
            row = cursor.fetchone()
    except DatabaseError:
        return []
    if row is None:
        return []
    reads_accounts, owns_tables, has_roles = row
    if settings.SITE_ROLE == "public" and (reads_accounts or owns_tables):
        return [
            Error(
                "This is a public server, and its database account can read the staff's accounts.",
                hint=f"Connect as {PUBLIC} (DATABASE_URL), and run `manage.py database_roles` as the owner of the tables.",
                id="recovery_site.E002",
            )
        ]
    if settings.SITE_ROLE == "public" and not has_roles:
        return [
            Error(
                "This is a public server, and its database account has no rights yet.",
                hint="Run `manage.py database_roles` as the owner of the tables, after `manage.py migrate`.",
                id="recovery_site.E003",
            )
        ]
    if settings.SITE_ROLE == "staff" and owns_tables:
        return [
            Warning(
                "The staff's server owns the tables of its database, so whoever breaks into it can change the record of who read what.",
                hint=f"Connect as {STAFF} (DATABASE_URL); only `migrate` and `database_roles` run as the owner.",
                id="recovery_site.W003",
            )
        ]
    return []
