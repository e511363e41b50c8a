"""Pinned public keys: the organisation signs each centre's key, and nothing is sealed to a key without its signature.

Who can write the database can put another public key into a row. They can't sign it: the private half of the organisation's key
(Ed25519) is a secret of the staff's server or lies offline, and every server is given the public half outside the database.
"""

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from intake.crypto.key_files import KeyringError
from intake.models import CentreKey

KEY_DIGITS = 64  # hexadecimal, of either half of the organisation's key
_PURPOSE = b"recovery-site centre key v1"


class NotPinned(KeyringError):
    """Raised when the organisation hasn't signed a key that something should be sealed to."""


def fingerprint(public_key: bytes | memoryview) -> str:
    """Return the SHA-256 of a public key in groups of four hexadecimal digits, to be compared by eye."""
    digits = hashlib.sha256(bytes(public_key)).hexdigest()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def organisation_public_key() -> str:
    """Return the public half of the organisation's key (64 hexadecimal digits), or "" where this server knows none.

    Raises KeyringError when it, or the private half it belongs to, is malformed.
    """
    if settings.ORGANISATION_PUBLIC_KEY:
        return _checked(settings.ORGANISATION_PUBLIC_KEY, "organisation_public_key")
    return public_half(settings.ORGANISATION_KEY) if settings.ORGANISATION_KEY else ""


@lru_cache(maxsize=8)
def public_half(organisation_key: str) -> str:
    """Return the public half of the organisation's private key, both as hexadecimal digits. Raises KeyringError."""
    return _private(organisation_key).public_key().public_bytes_raw().hex()


def is_pinned(centre_key: CentreKey) -> bool:
    """Return whether something may be sealed to `centre_key`: the organisation signed it, or this server knows no key of it."""
    try:
        check(centre_key)
    except KeyringError:
        return False
    return True


def check(centre_key: CentreKey) -> None:
    """Raise NotPinned unless the organisation signed `centre_key`, or KeyringError when its own key is malformed.

    Where this server knows no key of the organisation nothing is checked, and a system check warns of it (intake.W021).
    """
    public_key = organisation_public_key()
    if public_key and not is_signed(centre_key, public_key):
        raise NotPinned(f"Key {centre_key.pk} isn't signed by the organisation, so nothing is sealed to it. See docs/keys.md.")


def is_signed(centre_key: CentreKey, organisation_public_key: str, public_key: bytes | None = None) -> bool:
    """Return whether the signature of the row is the organisation's, over the row's public key or over `public_key` in its place."""
    of = bytes(centre_key.public_key) if public_key is None else public_key
    return _verify(organisation_public_key, bytes(centre_key.signature or b""), _signed(centre_key, of))


def sign(centre_key: CentreKey, organisation_key: str) -> None:
    """Store the organisation's signature of `centre_key`. Raises KeyringError when `organisation_key` is malformed or another one."""
    expected = organisation_public_key()
    if expected and public_half(organisation_key) != expected:
        raise KeyringError("This isn't the private half of the organisation's key that this server was given.")
    centre_key.signature = _private(organisation_key).sign(_signed(centre_key, bytes(centre_key.public_key)))
    centre_key.save(update_fields=["signature"])


def _signed(centre_key: CentreKey, public_key: bytes) -> bytes:
    """Return what is signed: with the centre and the number of the key, so that a signature can't be copied to another row."""
    numbers = f":{centre_key.centre_id}:{centre_key.pk}:".encode()
    return _PURPOSE + numbers + hashlib.sha256(public_key).digest()


@lru_cache(maxsize=1024)
def _verify(organisation_public_key: str, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(organisation_public_key)).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _private(organisation_key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_checked(organisation_key, "organisation_key")))


def _checked(digits: str, name: str) -> str:
    try:
        if len(bytes.fromhex(digits)) * 2 == len(digits) == KEY_DIGITS:
            return digits.lower()
    except ValueError:
        pass
    raise KeyringError(f"{name} is not {KEY_DIGITS} hexadecimal digits. Copy it again.")
