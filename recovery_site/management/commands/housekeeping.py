"""Run the periodic jobs once, or every N seconds with --loop."""

import logging
import signal
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from recovery_site import periodic, watchdog
from recovery_site.database import alone, outages
from recovery_site.periodic import Job, jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Do what is due: escalate cases that nobody took, close mailboxes that were left open, remind of reviews. "
        "It removes expired mailbox sessions and counts of tries, and erases what was said in closed cases when the centre's own "
        "rules say so. It can be run at any time, also twice at once. Of several with --loop, on any machines, one works, and the "
        "others wait for its end."
    )

    outage = outages.Outage(logger, "Housekeeping")
    only: str | None = None  # the name of the one job to do

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=int, metavar="SECONDS", help="repeat every SECONDS until stopped")
        parser.add_argument("--only", choices=sorted(jobs()), metavar="JOB", help="run one job, by its name: %(choices)s")

    def handle(self, *args: Any, **options: Any) -> None:
        pause: int | None = options["loop"]
        self.only = options["only"]
        if pause is None:
            if not self.once():
                raise CommandError("A periodic job failed; see the log.")
            return
        if pause < 1:
            raise CommandError("--loop takes a number of seconds, 1 or more.")
        stop = threading.Event()

        def stopped(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, stopped)
        signal.signal(signal.SIGINT, stopped)
        watchdog.ready()
        while not stop.is_set():
            close_old_connections()
            self.round()
            watchdog.alive()
            stop.wait(pause)

    def round(self) -> None:
        """Do what is due if no other process with --loop does it, and what each machine looks at for itself otherwise."""
        try:
            # One job by itself takes nobody's place, and waits for nobody.
            chosen = self.only is not None or alone.is_chosen("housekeeping")
        except (DatabaseError, InterfaceError) as error:
            self.outage.failed(error)
            self.watch()
            return
        if chosen is not self.chosen and self.only is None:
            logger.info("Housekeeping: %s", "this process does it" if chosen else "another process does it; this one waits")
            self.chosen = chosen
        if chosen:
            self.once()
        else:
            self.each(periodic.on_each_machine())

    chosen: bool | None = None

    def once(self) -> bool:
        """Run every job, even if another one fails. Return whether all of them succeeded.

        While the database is away or locked the round ends: each job would wait as long for the same.
        """
        succeeded, answers = self.each({name: job for name, job in jobs().items() if self.only in (None, name)})
        if self.only is None:  # one job by itself is no sign that all others are done
            self.watch()
        return succeeded and answers

    def watch(self) -> None:
        """Do what settings.AFTER_HOUSEKEEPING names, also while the database is away: then it is what tells of that."""
        try:
            import_string(settings.AFTER_HOUSEKEEPING)(timezone.now())
        except Exception:
            logger.exception("Housekeeping: the watch failed")

    def each(self, work: Mapping[str, Job]) -> tuple[bool, bool]:
        """Run these jobs by name, even if another one fails. Return whether all of them succeeded, and whether the database answers."""
        now = timezone.now()
        succeeded = True
        for name, job in work.items():
            try:
                counts = job(now) or {}
            except periodic.NotHere as error:
                if self.only:
                    raise CommandError(str(error)) from None
                continue
            except Exception as error:
                if outages.is_away(error):
                    self.outage.failed(error)
                    return False, False
                logger.exception("Housekeeping: %s failed", name)
                succeeded = False
                continue
            finally:
                watchdog.alive()  # one that fails is logged; one that hangs ends the process
            done = {what: count for what, count in counts.items() if count}
            if done:
                self.stdout.write(f"{name}: " + ", ".join(f"{what} {count}" for what, count in done.items()))
        self.outage.is_over()
        return succeeded, True
