"""Posting to an address that an operator named: a webhook, or the gateway of text messages."""

import enum
import http.client
from urllib.parse import urlsplit

from recovery_site.network import connections

TIMEOUT_SECONDS = 10


class Unanswered(Exception):
    """All of it was sent, and nothing came back: it may have been taken, or not."""


class Undeliverable(Exception):
    """The receiver will never take this notification, so the outbox gives it up at once. `why` is a code of Why."""

    def __init__(self, why: str = "") -> None:
        super().__init__()
        self.why = why or Why.REFUSED


class Why(enum.StrEnum):
    """Why nothing could be delivered. Stored in events; intake.cases.history has the words."""

    NO_ADDRESS = "no_address"
    FULL = "full"
    REFUSED = "refused"
    TRIED = "tried"  # often, and the last try failed as well


def post(url: str, body: bytes, headers: dict[str, str], *, inside: bool) -> int:
    """Post `body` to `url` (http or https) and return the status of the answer, whatever it is. No proxy and no redirect is followed.

    `inside` allows addresses of our own network. Raises Undeliverable where that would be needed, Unanswered, or the network's errors
    when it can't be sent. The answer itself is not read: it may quote what was posted, and nobody must find that in an error or a log.
    """
    parts = urlsplit(url)
    try:
        connection = connections.open_to(parts, timeout=TIMEOUT_SECONDS, inside=inside)
    except connections.NotPublic:
        raise Undeliverable from None
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        try:
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            raise Unanswered from None
    finally:
        connection.close()
