"""A database that doesn't answer for a while: it is said once, ends nothing, and is said once when it is over."""

import logging

from django.db import DatabaseError, InterfaceError, OperationalError, connection


def is_away(error: BaseException) -> bool:
    """Return whether `error` says that the whole database is away or locked, so that whatever comes next would fail, too."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if "locked" in str(error):  # SQLite: another process has been writing for longer than the timeout
        return True
    try:
        return not connection.is_usable()
    except DatabaseError:
        return True


class Outage:
    """What a process that works in rounds says of rounds that fail: the first of a series, each new reason, and the end."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger, self._what = logger, what
        self._reason = ""

    def failed(self, error: BaseException) -> None:
        """Log the class of `error`, unless the last round failed for the same reason."""
        reason = type(error).__name__
        if reason != self._reason:
            self._logger.error("%s: failed (%s), and is tried again.", self._what, reason)
        self._reason = reason

    def is_over(self) -> None:
        """Log that it works again, if it had failed."""
        if self._reason:
            self._logger.warning("%s: works again.", self._what)
        self._reason = ""
