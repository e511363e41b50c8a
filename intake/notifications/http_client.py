"""Posting to an address that an operator named: a webhook, or the gateway of text messages."""

import enum
import http.client
import urllib.error
import urllib.request
from typing import Any

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


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy and no redirect: what is posted goes where the operator said, or nowhere.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post `body` to `url` (http or https) and return the status of the answer, whatever it is.

    Raises Unanswered, or the network's errors when it can't be sent.

    The answer itself is not read: it may quote what was posted, and nobody must find that in an error or a log.
    """
    request = urllib.request.Request(url, data=body, method="POST", headers=headers)  # noqa: S310 (an operator named the address)
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except urllib.error.URLError:  # while it was being sent
        raise
    except (OSError, http.client.HTTPException):
        raise Unanswered from None
