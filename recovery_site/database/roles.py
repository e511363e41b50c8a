"""The rights of the two halves of the site in PostgreSQL, and the questions that the visitors' half may ask about the staff."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

# The one source of all rights, readable by a database administrator.
SQL = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"
PUBLIC, STAFF = "recovery_public", "recovery_staff"


def apply() -> None:
    """Give both accounts exactly the rights of SQL, in one transaction. The account of this connection must own the tables."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SQL.read_text(encoding="utf-8"))


def is_restricted() -> bool:
    """Return whether this process is the visitors' half with an account of its own, which reads nothing of accounts and members."""
    return not settings.SERVES_STAFF and connection.vendor == "postgresql"


def ask(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a function of the schema `visitors`. They run as the owner, and tell what a visitor's page needs to know."""
    with connection.cursor() as cursor:
        cursor.callproc(f"visitors.{function}", arguments)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def answer(function: str, *arguments: Any) -> bool:
    """Return what a function answers that says yes or no."""
    return bool(ask(function, *arguments)[0][0])
