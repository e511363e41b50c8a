"""The signed token in a form that visitors send: it makes the form's second sending known, and says how old the form is.

No cookie is needed for it, so a visitor who only looks at the form carries nothing away.
"""

import base64
import secrets
import time
from dataclasses import dataclass

from django.core import signing

NONCE_BYTES = 16
_SALT = "intake.form"


class BadFormToken(Exception):
    """The form carries no token of ours: cut off, made up, or signed with a secret that is no longer in use."""


@dataclass(frozen=True)
class FormToken:
    """`nonce` is random and belongs to one form; `age` is in seconds since the form was made (0 if the clock went back)."""

    nonce: bytes
    age: int


def issue() -> str:
    """Return a token for a new form."""
    made = int(time.time()).to_bytes(6, "big")
    return signing.Signer(salt=_SALT).sign(base64.urlsafe_b64encode(secrets.token_bytes(NONCE_BYTES) + made).decode())


def read(text: str) -> FormToken:
    """Return what `text` says; raise BadFormToken when we didn't sign it. An old token is still good: age isn't guilt."""
    try:
        raw = base64.urlsafe_b64decode(signing.Signer(salt=_SALT).unsign(text))
    except (signing.BadSignature, ValueError):
        raise BadFormToken from None
    if len(raw) != NONCE_BYTES + 6:
        raise BadFormToken
    made = int.from_bytes(raw[NONCE_BYTES:], "big")
    return FormToken(nonce=raw[:NONCE_BYTES], age=max(0, int(time.time()) - made))
