"""Run the periodic jobs once, or every N seconds with --loop."""

import logging
import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from recovery_site.periodic import jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Do what is due: send notifications that no worker sent, close mailboxes that were left open, remind of reviews. "
        "It removes expired mailbox sessions and counts of tries, and erases what was said in closed cases when the centre's own "
        "rules say so. It can be run at any time, also twice at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=int, metavar="SECONDS", help="do it again every so many seconds until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        pause: int | None = options["loop"]
        if pause is None:
            if not self.once():
                raise CommandError("A job of the housekeeping failed; the log says which.")
            return
        if pause < 1:
            raise CommandError("--loop takes a number of seconds, 1 or more.")
        stop = threading.Event()

        def stopped(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, stopped)
        signal.signal(signal.SIGINT, stopped)
        while not stop.is_set():
            close_old_connections()
            self.once()
            stop.wait(pause)

    def once(self) -> bool:
        """Run every job; one that fails doesn't keep the others from running. Return whether all went well."""
        now = timezone.now()
        went_well = True
        for name, job in jobs().items():
            try:
                counts = job(now) or {}
            except Exception:
                logger.exception("Housekeeping: %s failed", name)
                went_well = False
                continue
            done = {what: count for what, count in counts.items() if count}
            if done:
                self.stdout.write(f"{name}: " + ", ".join(f"{what} {count}" for what, count in done.items()))
        return went_well
