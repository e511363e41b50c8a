"""Seals what proves who somebody is: the seeds of authenticator apps and recovery codes, and forms that wait for a confirmation.

AES-256-GCM under a key derived from SECRET_KEY, which is no part of the database, so a copy of it holds none of this in clear.
"""

import base64
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "v1."
_NONCE = 12  # bytes


class CanNotOpen(Exception):
    """The text was sealed under another secret, or was changed."""


def seal(text: str) -> str:
    """Return `text` sealed, as ASCII."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, text.encode(), _VERSION.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """Return what `seal` was given. Former keys open it as well (SECRET_KEY_FALLBACKS). Raises CanNotOpen."""
    if not sealed.startswith(_VERSION):
        raise CanNotOpen
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
    except ValueError:
        raise CanNotOpen from None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(secret)).decrypt(raw[:_NONCE], raw[_NONCE:], _VERSION.encode()).decode()
        except InvalidTag:
            continue
    raise CanNotOpen


@cache
def _key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"recovery-site second factors v1").derive(secret.encode())
