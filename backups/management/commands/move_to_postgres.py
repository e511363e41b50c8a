"""manage.py move_to_postgres: the site's SQLite database into an empty PostgreSQL one."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from backups import moving
from backups.archives import BackupError


class Command(BaseCommand):
    help = (
        "Copy the site's SQLite database into an empty PostgreSQL database, and compare. Stop the site first and make a backup. Afterwards "
        "set DATABASE_URL and start the site; the former file stays beside, under another name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="DATABASE_URL", help="postgres://user@host/name, or - to read one that has a password")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        if url == "-":
            url = sys.stdin.readline().strip()
        elif "@" in url and ":" in url.partition("://")[2].partition("@")[0]:
            raise CommandError("A password on the command line is read by everybody in the list of processes. Give - and type the address.")

        def progress(table: str, rows: int) -> None:
            if rows:
                self.stdout.write(f"{rows:9,}  {table}")

        try:
            moved = moving.move(url, progress=progress)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"Nothing was moved: {type(error).__name__} in the new database. The site goes on with SQLite.") from None
        self.stdout.write(
            f"{moved.rows:,} rows of {moved.tables} tables were moved, and as many are there. The former database is {moved.former}: "
            "remove it when the site was looked at, because nothing is erased in it any more.\nSet DATABASE_URL and start the site."
        )
