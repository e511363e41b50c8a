"""The cookies of somebody who has sent the contact form: the words of the receipt, and a mark that the form is done with.

A receipt must not be in a URL, a session or a row. So the browser carries it, encrypted with a key of the site, until the visitor says
that the words are written down, or 15 minutes have passed: a reload, a look at the helplines or the page in another language
then don't lose the only key.

Browsers put what was typed back into a form when somebody returns to it by Back: wanted while it is being written, and dangerous
once it was sent or left in a hurry. They know a form by the names of its first fields (form_key); after sending these are others.

Each cookie is sent to the pages of the contact form only. They have another path in each language, so there is one of each a language.
"""

import base64
import datetime as dt
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation

from intake.crypto import receipts, sealing
from intake.scheduling import clock

WORDS, MARK = "sent", "form"
LIFE_SECONDS = 15 * 60
# The key of a form in a browser without the mark.
NEW_FORM = "new"


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
    # Nobody of the centre, and no operator, can be told of it now.
    reaches_nobody: bool = False
    # The signs of danger (danger.signs) whose lines are shown.
    lines: list[str] = field(default_factory=list)
    # The newest link of the centre's chain (intake.mailbox.accounting.proof).
    proof: str = ""
    # The language of the page that the form was sent from.
    page_language: str = ""

    @property
    def shown(self) -> list[str]:
        """The words for display, with accents."""
        return receipts.shown(tuple(self.words), self.language)


@cache
def _key(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"recovery-site sent page v1", "sha256")


def pack(sent: Sent, since: dt.datetime | None = None) -> str:
    """Return `sent` encrypted, as text that is valid for LIFE_SECONDS after `since` (now by default)."""
    content = json.dumps({"at": int((since or timezone.now()).timestamp()), **asdict(sent)}).encode()
    return base64.urlsafe_b64encode(sealing.seal_bytes(b"sent", content, _key(settings.FORM_SECRET))).decode()


def unpack(text: str) -> Sent | None:
    """Return the content of a text from pack(), or None if it has expired or was not created by this site."""
    for secret in (settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS):
        try:
            content = json.loads(sealing.open_bytes(b"sent", base64.urlsafe_b64decode(text), _key(secret)))
            break
        except (sealing.SealBroken, ValueError):
            continue
    else:
        return None
    # The server that made it may be ahead of this one. If the clock jumped since, its age is unknown: then only the browser ends it.
    packed_at, now, life = dt.datetime.fromtimestamp(content.pop("at"), dt.UTC), timezone.now(), dt.timedelta(seconds=LIFE_SECONDS)
    if not -clock.SKEW <= now - packed_at <= life and not clock.jumped_between(packed_at, now, within=life):
        return None
    # Another version of the site may have created it, during an update: the receipt must be shown all the same.
    known = {each.name for each in fields(Sent)}
    return Sent(**{name: value for name, value in content.items() if name in known})


def read(request: HttpRequest) -> Sent | None:
    """Return what this browser carries of a request that was just sent; None when there is nothing, or no longer."""
    return unpack(request.COOKIES.get(_name(WORDS, translation.get_language() or ""), ""))


def set_cookie(response: HttpResponseBase, sent: Sent, since: dt.datetime | None = None) -> None:
    """Let the browser carry the words, for LIFE_SECONDS from `since` on (when the inquiry arrived), and mark the form as done with."""
    packed = pack(sent, since or dt.datetime.fromisoformat(sent.received_at))
    for name, path in _names_and_paths(WORDS):
        response.set_cookie(name, packed, max_age=LIFE_SECONDS, path=path, httponly=True, samesite="Strict", secure=settings.HTTPS)
    mark_done(response)


def delete_cookie(response: HttpResponseBase) -> None:
    """Let the browser forget the words."""
    for name, path in _names_and_paths(WORDS):
        response.delete_cookie(name, path=path, samesite="Strict")


def mark_done(response: HttpResponseBase) -> None:
    """Let the browser forget what was typed into the form until now. The mark is random, and ends with the browser."""
    mark = secrets.token_urlsafe(9)
    for name, path in _names_and_paths(MARK):
        response.cookies.pop(name, None)  # the response may delete it already, and would still do so
        response.set_cookie(name, mark, path=path, httponly=True, samesite="Strict", secure=settings.HTTPS)


def form_key(request: HttpRequest) -> str:
    """Return what the names of the form's first fields end with: the same as long as this browser may restore what was typed."""
    mark = request.COOKIES.get(_name(MARK, translation.get_language() or ""), "")
    return mark if re.fullmatch(r"[\w-]{12}", mark, re.ASCII) else NEW_FORM


def _name(name: str, language: str) -> str:
    return name if language == settings.LANGUAGE_CODE else f"{name}-{language}"


def _names_and_paths(name: str) -> Iterator[tuple[str, str]]:
    for language, _its_name in settings.LANGUAGES:
        with translation.override(language):
            yield _name(name, language), reverse("intake:contact")
