"""The ten minutes between sending a form and reading its receipt: a sealed cookie that goes to one page only.

The receipt can't be in an address, a session or a row. The browser carries it, sealed under a key of the site's, to the
page that shows it once and takes the cookie back.
"""

import base64
import hmac
import json
import time
from dataclasses import asdict, dataclass, field
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from intake.crypto import receipts, sealing

NAME = "sent"
LIFE_SECONDS = 600


@dataclass(frozen=True)
class Sent:
    """What the page after sending shows: the receipt's plain words, its list's language, and the facts to keep."""

    words: list[str]
    language: str
    reference: str
    received_at: str
    answer_by: str = ""
    centre: str = ""
    # When they will be called, in words of the page's language; empty when they are answered in another way.
    called: str = ""
    # It came without the proof of work that was asked for: a person looks first whether a machine sent it.
    looked_at_first: bool = False
    # The signs of danger (danger.signs) whose lines are shown.
    lines: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """The words as a person should write them down."""
        return receipts.shown(tuple(self.words), self.language)


@cache
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site sent page v1", "sha256")


def pack(sent: Sent) -> str:
    """Return `sent`, sealed, as text that lasts ten minutes."""
    content = json.dumps({"at": int(time.time()), **asdict(sent)}).encode()
    return base64.urlsafe_b64encode(sealing.seal_bytes(b"sent", content, _key(settings.SECRET_KEY))).decode()


def unpack(text: str) -> Sent | None:
    """Return what `pack` packed; None when it is older than ten minutes or not ours."""
    try:
        content = json.loads(sealing.open_bytes(b"sent", base64.urlsafe_b64decode(text), _key(settings.SECRET_KEY)))
    except (sealing.SealBroken, ValueError):
        return None
    if not 0 <= time.time() - content.pop("at") <= LIFE_SECONDS:
        return None
    return Sent(**content)


def put(response: HttpResponse, sent: Sent) -> None:
    """Let the browser carry `sent` to the page after sending."""
    response.set_cookie(
        NAME,
        pack(sent),
        max_age=LIFE_SECONDS,
        path=reverse("intake:contact_sent"),
        httponly=True,
        samesite="Strict",
        secure=settings.HTTPS,
    )


def take(request: HttpRequest, response: HttpResponse) -> None:
    """Take the cookie back: its words have been shown."""
    if NAME in request.COOKIES:
        response.delete_cookie(NAME, path=reverse("intake:contact_sent"), samesite="Strict")
