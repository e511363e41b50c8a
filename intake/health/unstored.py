"""Telling the operators of what no row can say: that the database is away or takes nothing, and that nobody gets the site's pages.

Housekeeping does it, which may have to do it without the database. So it remembers in memory who they are, from the last round in which the
database worked, and whether it told them. One that started while the database was away knows nobody: then only HEARTBEAT_URL, which isn't
asked for meanwhile, tells somebody.
"""

import datetime as dt
import http.client
import logging
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User
from intake.health import telling
from recovery_site.network import connections

logger = logging.getLogger(__name__)

# How long something may fail before they are told. A restart takes less.
LIMIT = dt.timedelta(minutes=5)
TIMEOUT_SECONDS = 10
# A page that no cache keeps. It opens to nobody who comes through a proxy (Via), so a site that works answers 404, whatever is wrong
# with it otherwise; an error from 500 on is the proxy's, which found nobody.
PAGE, HEADERS = "/health/", {"Via": "1.1 housekeeping"}

# Who operates the site, as of the last round in which the database could be asked.
_operators: list[User] = []


class Trouble:
    """Something that fails or works, round after round; the operators are told that it has failed for LIMIT, again after telling.AGAIN."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._since: dt.datetime | None = None
        self._told_at: dt.datetime | None = None

    @property
    def lasts(self) -> bool:
        """Whether it failed in the last round."""
        return self._since is not None

    def works(self) -> None:
        """Note that it works: what follows is a new trouble."""
        if self._told_at is not None:
            logger.warning("Works again: %s.", self._code)
        self._since = self._told_at = None

    def fails(self, now: dt.datetime) -> int:
        """Note that it fails; return how many mails left. Those who could not be told are tried again in the next round."""
        # A clock that was set back begins anew.
        self._since = min(self._since or now, now)
        if now - self._since < LIMIT or (self._told_at is not None and abs(now - self._told_at) < telling.AGAIN):
            return 0
        logger.error("Fails since %s: %s.", self._since, self._code)
        left = telling.by_mail(self._code, _operators)
        if left:
            self._told_at = now
        return left


database, pages = Trouble("database"), Trouble("pages_silent")


def remember_operators() -> None:
    """Remember whom to tell once the database is away. One query."""
    _operators[:] = telling.who_runs_it()


def ask_for_a_page(now: dt.datetime) -> None:
    """Ask for a page at the site's own address, as a visitor's browser would, and note whether a page came. Sends no data.

    Not while the database is away: then pages are errors for a reason that is told already.
    """
    if database.lasts:
        return
    parts = urlsplit(settings.SITE_URL)
    try:
        connection = connections.open_to(parts, timeout=TIMEOUT_SECONDS, inside=True)
        try:
            connection.request("GET", PAGE, headers=HEADERS)
            answered = connection.getresponse().status < 500
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        answered = False
    if answered:
        pages.works()
    else:
        pages.fails(now)
