"""manage.py open_canaries: what `manage.py restore` runs on the restored site."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from intake.crypto import key_files
from intake.submission import canaries


class Command(BaseCommand):
    help = (
        "Open the canaries of a backup, whose words stand as JSON on standard input, as a visitor does and as staff do. Prints JSON: how "
        "many opened, of how many the key is locked, and which didn't open. For `manage.py restore`."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        opened, locked, unopened = 0, 0, []
        for canary in json.load(sys.stdin):
            inquiry = canaries.opened_by_receipt(canary["words"])
            if inquiry is None:
                unopened.append(f"key {canary['key']}: not with its receipt")
                continue
            try:
                if canaries.is_opened_by_centre(inquiry):
                    opened += 1
                else:
                    unopened.append(f"key {canary['key']}: not with the centre's private key")
            except key_files.Locked:
                opened, locked = opened + 1, locked + 1
        self.stdout.write(json.dumps({"opened": opened, "locked": locked, "unopened": unopened}))
