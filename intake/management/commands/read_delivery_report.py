"""Reads a delivery report that a mail server pipes to it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from intake.notifications import bounces

TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the report and tries again


class Command(BaseCommand):
    help = (
        "Read one mail from standard input. If it reports that a notification could not be delivered, mark that notification as given "
        "up and bring its case back to staff; anything else is dropped. A mail server runs it for the address that the site sends from."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(bounces.LARGEST + 1)
        try:
            taken = bounces.take(raw, timezone.now())
        except DatabaseError as error:
            self.stderr.write(f"Not stored: {type(error).__name__}")
            sys.exit(TRY_LATER)
        if options["verbosity"] > 1:
            self.stdout.write("A notification came back." if taken else "No report about a notification.")
