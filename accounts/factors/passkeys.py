"""The two ceremonies of passkeys (WebAuthn), on allauth's and fido2's functions: adding one, and proving by one who somebody is.

Each passkey is stored on the device (resident) and asks for its PIN, finger or face, so it is two factors by itself: it signs in alone.
The challenge is in the session until it is answered. A page whose address is a number (127.0.0.1) can't have passkeys: browsers refuse.
"""

import json
from typing import Any

from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.factors import held
from accounts.models import User

# What the library and fido2 raise for an answer that no browser would send.
_MALFORMED = (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
LONGEST = 20_000  # characters of an answer


class NotProved(Exception):
    """The answer doesn't prove that the passkey is there."""


def creation_options(request: HttpRequest, user: User) -> dict[str, Any]:
    """Return the options for the browser to make a passkey."""
    with request_context(request):
        return auth.begin_registration(user, passwordless=True)


def add(request: HttpRequest, user: User, name: str, answer: str) -> None:
    """Store the passkey that the browser made. Raises NotProved."""
    try:
        credential = _parsed(answer)
        with request_context(request):
            auth.parse_registration_response(credential)
            made = auth.complete_registration(credential)
    except _MALFORMED:
        raise NotProved from None
    if not made.is_user_verified():
        raise NotProved
    held.add_passkey(user, name or _("Passkey"), credential)


def request_options(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """Return the options for the browser to show a passkey: one of `user`, or of whoever it belongs to."""
    with request_context(request):
        return auth.begin_authentication(user)


def owner(request: HttpRequest, answer: str, user: User | None = None) -> User:
    """Return whose passkey the browser showed, by its answer to request_options. Raises NotProved, also if it isn't `user`'s."""
    try:
        response = _parsed(answer)
        with request_context(request):
            parsed = auth.parse_authentication_response(response)
            whose: Any = user or auth.extract_user_from_response(response)
            row: Authenticator = auth.complete_authentication(whose, response)
    except _MALFORMED:
        raise NotProved from None
    if not parsed.response.authenticator_data.is_user_verified():
        raise NotProved
    row.record_usage()
    proved: User = whose
    return proved


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise ValueError
    parsed = json.loads(answer)
    if not isinstance(parsed, dict):
        raise TypeError
    return parsed
