"""Signed tokens in visitors' forms. A token identifies a form that is sent twice, and tells the age of the form.

No cookie is needed, so that a visitor who only looks at the form has no trace in the browser.
"""

import base64
import secrets
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from intake.scheduling import clock

NONCE_BYTES = 16
# A form that is older is shown again, with all that was typed in it and a new token. Long enough for a tab that is left open for days.
LIFE_SECONDS = 3 * 24 * 60 * 60
_SALT = "intake.form"


class BadFormToken(Exception):
    """Raised when a token is truncated, forged, or signed with a key that is no longer in use."""


@dataclass(frozen=True)
class FormToken:
    """`nonce` is random and unique to the form; `age` is the form's age in seconds.

    Where the server that issued it is ahead of this one, the age isn't known, and is that of a form that a person had time to fill in.
    """

    nonce: bytes
    age: int

    @property
    def is_expired(self) -> bool:
        """Whether the form must be sent again with a new token."""
        return self.age > LIFE_SECONDS


def _signer() -> signing.Signer:
    return signing.Signer(key=settings.FORM_SECRET, fallback_keys=[*settings.FORM_SECRET_FALLBACKS], salt=_SALT)


def issue() -> str:
    """Return a token for a new form."""
    issued_at = int(time.time()).to_bytes(6, "big")
    return _signer().sign(base64.urlsafe_b64encode(secrets.token_bytes(NONCE_BYTES) + issued_at).decode())


def read(text: str) -> FormToken:
    """Return the content of a signed token, expired or not. Raises BadFormToken."""
    try:
        raw = base64.urlsafe_b64decode(_signer().unsign(text))
    except (signing.BadSignature, ValueError):
        raise BadFormToken from None
    if len(raw) != NONCE_BYTES + 6:
        raise BadFormToken
    issued_at = int.from_bytes(raw[NONCE_BYTES:], "big")
    age = int(time.time()) - issued_at
    return FormToken(nonce=raw[:NONCE_BYTES], age=age if age >= 0 else int(clock.SKEW.total_seconds()))
