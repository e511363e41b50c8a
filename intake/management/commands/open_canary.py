"""manage.py open_canary: shows that requests can be read, by opening an invented one."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.crypto import key_files, keyring
from intake.models import CentreKey
from intake.submission import canaries


class Command(BaseCommand):
    help = (
        "For each active key, open the invented case that belongs to it with its receipt, as a visitor does, and with the centre's key, as "
        "staff do. script/upgrade runs it after the migration."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by-receipt-only", action="store_true", help="leave the centres' private keys alone")
        parser.add_argument("--made-before", type=dt.datetime.fromisoformat, metavar="TIME", help="refuse one that had to be made later")

    def handle(self, *args: Any, **options: Any) -> None:
        opened = 0
        for key, canary in canaries.ready():
            if canary is None:
                self.stderr.write(f"Key {key.pk} isn't signed by the organisation, so it has no canary.")
                continue
            inquiry = canaries.opened_by_receipt(canary.words)
            if inquiry is None or (options["made_before"] and inquiry.received_at >= options["made_before"]):
                raise CommandError(f"What was sealed to key {key.pk} before doesn't open with its receipt any more.")
            if not options["by_receipt_only"] and not self._staff_open(key, inquiry):
                raise CommandError(f"What was sealed to key {key.pk} doesn't open for staff any more.")
            opened += 1
        self.stdout.write(f"{opened} canaries opened." if opened else "No centre has a key, so there was nothing to open.")

    def _staff_open(self, key: CentreKey, canary: Any) -> bool:
        """Return False if the private half is here, opens what is sealed now, and doesn't open the canary."""
        try:
            if keyring.opens_canary(key):
                return canaries.is_opened_by_centre(canary)
        except key_files.Locked:
            self.stderr.write(f"Key {key.pk} is locked: opened with the receipt alone.")
            return True
        self.stderr.write(f"The private half of key {key.pk} isn't here: opened with the receipt alone.")
        return True
