"""The encrypted cookie that carries a receipt to the page after sending, for ten minutes at most.

A receipt must not be in a URL, a session or a row. So the browser carries it, encrypted with a key of the site, to the one
page that shows it and deletes the cookie.
"""

import base64
import hmac
import json
import time
from dataclasses import asdict, dataclass, field, fields
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from intake.crypto import receipts, sealing

NAME = "sent"
LIFE_SECONDS = 600


@dataclass(frozen=True)
class Sent:
    """The content of the page after sending: the plain words of the receipt, their language, and facts about the inquiry."""

    words: list[str]
    language: str
    reference: str
    received_at: str
    answer_by: str = ""
    centre: str = ""
    # What it is about (intake.cases.choices.SUBSTANCES), for the guide that fits.
    topics: list[str] = field(default_factory=list)
    # A sentence on when the person will be called, in the language of the page; empty for other ways of contact.
    called: str = ""
    # The form lacked the required proof of work, so that a person reviews it first.
    looked_at_first: bool = False
    # Nobody of the centre, and no operator, can be told of it now.
    reaches_nobody: bool = False
    # The signs of danger (danger.signs) whose lines are shown.
    lines: list[str] = field(default_factory=list)

    @property
    def shown(self) -> list[str]:
        """The words for display, with accents."""
        return receipts.shown(tuple(self.words), self.language)


@cache
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site sent page v1", "sha256")


def pack(sent: Sent) -> str:
    """Return `sent` encrypted, as text that is valid for ten minutes."""
    content = json.dumps({"at": int(time.time()), **asdict(sent)}).encode()
    return base64.urlsafe_b64encode(sealing.seal_bytes(b"sent", content, _key(settings.SECRET_KEY))).decode()


def unpack(text: str) -> Sent | None:
    """Return the content of a text from pack(), or None if it has expired or was not created by this site."""
    try:
        content = json.loads(sealing.open_bytes(b"sent", base64.urlsafe_b64decode(text), _key(settings.SECRET_KEY)))
    except (sealing.SealBroken, ValueError):
        return None
    if not 0 <= time.time() - content.pop("at") <= LIFE_SECONDS:
        return None
    # Another version of the site may have created it, during an update: the receipt must be shown all the same.
    known = {each.name for each in fields(Sent)}
    return Sent(**{name: value for name, value in content.items() if name in known})


def set_cookie(response: HttpResponse, sent: Sent) -> None:
    """Set the cookie for the page after sending."""
    response.set_cookie(
        NAME,
        pack(sent),
        max_age=LIFE_SECONDS,
        path=reverse("intake:contact_sent"),
        httponly=True,
        samesite="Strict",
        secure=settings.HTTPS,
    )


def delete_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the cookie, once its words have been shown."""
    if NAME in request.COOKIES:
        response.delete_cookie(NAME, path=reverse("intake:contact_sent"), samesite="Strict")
