"""`manage.py database_roles`: what each half of the site may do in PostgreSQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection

from recovery_site.database import roles


class Command(BaseCommand):
    """Runs deploy/postgresql/roles.sql. After each `migrate`, as the owner of the tables."""

    help = "Give recovery_public and recovery_staff their rights in PostgreSQL (deploy/postgresql/roles.sql). Run it after migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no accounts: the site has one half there (docs/operations.md).")
        try:
            roles.apply()
        except ProgrammingError as error:
            raise CommandError(f"Run this as the account that owns the tables, after migrate: {str(error).splitlines()[0]}") from None
        self.stdout.write("recovery_public and recovery_staff have the rights of deploy/postgresql/roles.sql.")
