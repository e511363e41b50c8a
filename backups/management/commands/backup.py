"""manage.py backup: data and keys, encrypted, to two places."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from backups import making, places
from backups.archives import BackupError


class Command(BaseCommand):
    help = (
        "Copy data and keys as two archives to two places, encrypted to age recipients, while the site serves. Only the private halves "
        "of the recipients open them: keep these offline, and rehearse a restore (`manage.py restore --drill`)."
    )
    # A mistake elsewhere must not keep a backup from being made.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data-to", type=Path, required=True, metavar="FOLDER", help="where the database and the pictures go")
        parser.add_argument("--keys-to", type=Path, required=True, metavar="FOLDER", help="where secrets and private keys go")
        parser.add_argument("--recipient", action="append", required=True, metavar="age1…", help="a public key of age; give several")
        parser.add_argument("--same-disk", action="store_true", help="both folders are on one disk, and are carried away to two places")
        parser.add_argument("--prune", action="store_true", help="then remove the archives there that are older than BACKUP_KEEP_DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        folders = [options["data_to"], options["keys_to"]]
        now = dt.datetime.now(dt.UTC)
        try:
            made = making.make(folders[0], folders[1], options["recipient"], now=now, same_disk=options["same_disk"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        except DatabaseError:
            raise CommandError("The database can't be read, or isn't that of this release. See `manage.py migrate --check`.") from None
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'} could not be used: {error.strerror}.") from None
        self.stdout.write(f"{made.data}\n{made.keys}\n{made.rows:,} rows, {made.bytes:,} bytes.")
        for sentence in made.cant_open:
            self.stderr.write(f"Can't be opened from this backup: {sentence}")
        if options["prune"]:
            try:
                removed = places.prune(folders, now, settings.BACKUP_KEEP_DAYS)
            except OSError as error:
                raise CommandError(f"The backup is made, but {error.filename} could not be removed: {error.strerror}.") from None
            self.stdout.write(f"{len(removed)} files older than {settings.BACKUP_KEEP_DAYS} days were removed.")
        try:
            end = making.note_end(now)
        except DatabaseError:
            raise CommandError("The backup is made, but the day on which its copies end could not be stored. Run this again.") from None
        if end is None and settings.BACKUP_KEEP_DAYS > 0:
            days = settings.BACKUP_KEEP_DAYS
            self.stderr.write(f"A copy is older than {days} days, or has no end, so visitors are told no day. --prune removes such.")
