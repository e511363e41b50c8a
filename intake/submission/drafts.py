"""What somebody has answered so far who is asked one question at a time, for half an hour after the last answer.

The answers are encrypted under a key derived from a token that only the browser holds (a session cookie), so that nobody can read them in
the database, and the address of a page says nothing. The cookie is set with the first answer, never on a page that is only looked at.
"""

import datetime as dt
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone

from intake.crypto import sealing
from intake.models import Draft as Row
from recovery_site.database import tokens

COOKIE = "draft"
LIFE = dt.timedelta(minutes=30)
TOKEN_BYTES = 32


@dataclass
class Draft:
    """`answers` are the values as they were typed, by the name of their field."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    # Names of the questions that were answered or passed over.
    seen: list[str] = field(default_factory=list)
    # The question whose answer has a mistake.
    wrong: str = ""
    # Earlier answers were erased before this one came.
    late: bool = False

    @property
    def data(self) -> QueryDict:
        """The answers as if a form had sent them."""
        data = QueryDict(mutable=True)
        for name, values in self.answers.items():
            data.setlist(name, values)
        return data

    def take(self, data: QueryDict, names: tuple[str, ...]) -> None:
        """Take over what was sent for the fields `names`; a box that is no longer ticked sends nothing."""
        for name in names:
            self.answers.pop(name, None)
            if name in data:
                self.answers[name] = data.getlist(name)


def read(request: HttpRequest) -> Draft | None:
    """Return the draft of this browser, or None if there is none or its time is over."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    with tokens.brought(_hash(token)):
        row = Row.objects.filter(token_hash=_hash(token), expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    try:
        return Draft(**json.loads(sealing.open_bytes(_label(token), row.sealed, _key(token))))
    except (sealing.SealBroken, TypeError):
        return None


def save(request: HttpRequest, response: HttpResponse, draft: Draft) -> None:
    """Store `draft` in place of the browser's last one; a browser without one gets a cookie."""
    now = timezone.now()
    token = request.COOKIES.get(COOKIE, "")
    if read(request) is None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
    content = json.dumps(asdict(draft)).encode()
    # Spaces at the end change nothing, and hide how much was written.
    padded = content + b" " * (-len(content) % sealing.PADDING)
    sealed = sealing.seal_bytes(_label(token), padded, _key(token))
    with tokens.brought(_hash(token)):
        Row.objects.update_or_create(token_hash=_hash(token), defaults={"sealed": sealed, "expires_at": now + LIFE})
    # The pages of the other language have it too.
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.HTTPS)


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Erase the draft of this browser."""
    if token := request.COOKIES.get(COOKIE, ""):
        # First, because without it nothing opens the draft, even if the database takes nothing just now.
        response.delete_cookie(COOKIE, samesite="Strict")
        with tokens.brought(_hash(token)):
            Row.objects.filter(token_hash=_hash(token)).delete()


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Erase the drafts whose time is over (periodic job); return their number."""
    deleted, _by_model = Row.objects.filter(expires_at__lte=now).delete()
    return {"drafts_erased": deleted}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _key(token: str) -> bytes:
    # The token has 256 random bits, so one HMAC is enough to derive a key.
    return hmac.digest(token.encode(), b"recovery-site draft v1", "sha256")


def _label(token: str) -> bytes:
    return b"draft:" + _hash(token)
