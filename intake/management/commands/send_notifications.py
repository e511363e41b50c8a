"""The worker: sends the notifications of the outbox."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection

from intake.notifications import outbox

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
RENEW_SECONDS = 15  # a third of outbox.LEASE


class Command(BaseCommand):
    help = (
        "Send the notifications of the outbox as they become due, until SIGTERM or Ctrl-C. Several may run at once; each "
        "notification is sent by one of them. What a worker held that was killed is sent within a minute."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, and end")
        parser.add_argument("--interval", type=float, default=0.5, metavar="SECONDS", help="how often to look (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            outbox.send_all_due()
            return
        held, stopped = outbox.Held(), threading.Event()
        # Blocked here, and so in every thread, because _keep waits for them.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        keeper = threading.Thread(target=_keep, args=(held, stopped), daemon=True)
        keeper.start()
        while not stopped.is_set():
            try:
                count = outbox.send_due(held=held)
            except Exception as error:  # such as a database that restarts; what was claimed is due again after its lease
                logger.error("Notifications could not be sent: %s", type(error).__name__)
                count = 0
            if not count:
                close_old_connections()
                stopped.wait(options["interval"])
        keeper.join()


def _keep(held: outbox.Held, stopped: threading.Event) -> None:
    """Renew the worker's leases until a signal asks to stop; then give back at once what has not begun."""
    while not stopped.is_set():
        is_asked = signal.sigtimedwait(STOP_SIGNALS, RENEW_SECONDS) is not None
        try:
            if is_asked:
                stopped.set()
                held.stop()
            else:
                held.renew()
        except Exception as error:
            logger.error("Leases of notifications could not be renewed: %s", type(error).__name__)
        connection.close_if_unusable_or_obsolete()
    connection.close()
