"""The worker: rings for alarms that are due, sends the notifications of the outbox, and links the audit trail."""

import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from intake.audit import rounds
from intake.health import rounds as health_rounds
from intake.mailbox import danger_escalation
from intake.notifications import alarms, outbox
from recovery_site import watchdog
from recovery_site.database.outages import Outage

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send the notifications of the outbox as they become due, until SIGTERM or Ctrl-C. Several may run at once; each "
        "notification is sent by one of them. What a killed worker held is sent within a minute."
    )

    is_stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, and end")
        parser.add_argument("--interval", type=float, default=0.5, metavar="SECONDS", help="how often to look (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self._catch_up()
            outbox.send_all_due()
            rounds.link_and_sign()
            return
        audit = rounds.Rounds()
        outage = Outage(logger, "Sending notifications and linking the audit trail")
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        watchdog.ready()
        while not self.is_stopping:
            close_old_connections()
            try:
                self._catch_up()
                count = outbox.send_due(should_stop=self._should_stop)
                count += audit.link_when_due()
                health_rounds.of_worker(timezone.now())
                watchdog.alive()
            except Exception as error:  # such as a database that restarts; what was claimed is due again after its lease
                outage.failed(error)
                if isinstance(error, DatabaseError):  # starting again mends no database
                    watchdog.alive()
                count = 0
            else:
                outage.is_over()
            if not count:
                time.sleep(options["interval"])

    def _should_stop(self) -> bool:
        """Return whether to send no more. Asked before each notification, so a slow mail server is no standstill."""
        watchdog.alive()
        return self.is_stopping

    def _catch_up(self) -> None:
        """Do what the visitors' half leaves to the staff's, before anybody is told."""
        danger_escalation.follow_reopened(timezone.now())
        alarms.ring_due(timezone.now())

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Send no more, and give back at once what has not begun: the one that is being sent may wait for its server for long.

        In a thread, which has its own connection to the database: the signal may have come in the middle of a query.
        """
        self.is_stopping = True
        self.giving_back = threading.Thread(target=self._give_back)
        self.giving_back.start()

    @staticmethod
    def _give_back() -> None:
        try:
            outbox.give_back()
        except DatabaseError:  # then it is due again when its lease ends
            logger.warning("What this worker held could not be given back: others send it within a minute.")
        finally:
            connection.close()
