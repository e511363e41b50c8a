"""Whether the secrets of this server are those that the data was made with.

A server that was restored with other peppers would find no receipt, and make new ones that the right peppers don't open. So the
database keeps a keyed hash of each secret. It says nothing about the secret, which is random and too long to be guessed.
"""

import datetime as dt
import hmac

from django.conf import settings

from intake.models import SecretFingerprint

# The setting that holds each secret. A public server has none of the staff's.
SETTINGS = {
    "receipt_lookup_pepper": "RECEIPT_LOOKUP_PEPPER",
    "receipt_key_pepper": "RECEIPT_KEY_PEPPER",
    "secret_key": "FORM_SECRET",
    "blind_index_key": "BLIND_INDEX_KEY",
    "staff_secret_key": "SECRET_KEY",
}
PUBLIC_NAMES = ("receipt_lookup_pepper", "receipt_key_pepper", "secret_key")
_PURPOSE = b"recovery-site fingerprint of a secret v1 "


def fingerprint(name: str, secret: str) -> bytes:
    """Return 32 bytes that only this secret has."""
    return hmac.digest(secret.encode(), _PURPOSE + name.encode(), "sha256")


def note(now: dt.datetime) -> dict[str, int]:
    """Store the fingerprints that the database lacks, and that of a secret that was rotated (periodic job); return their number. One query.

    A stored one that differs is never replaced here: `accept` does that when a person says so. Does nothing on a public server.
    """
    if not settings.SERVES_STAFF:
        return {}
    stored = _stored()
    noted = 0
    for name in SETTINGS:
        current, *former = _values(name)
        digest = fingerprint(name, current) if current else b""
        was_rotated = stored.get(name) in {fingerprint(name, secret) for secret in former}
        if digest and (name not in stored or was_rotated) and stored.get(name) != digest:
            SecretFingerprint.objects.update_or_create(name=name, defaults={"digest": digest, "noted_at": now})
            noted += 1
    return {"secrets_noted": noted}


def strangers() -> list[str]:
    """Return the names of the secrets that aren't those of this database. One query."""
    stored = _stored()
    return [
        name
        for name in (SETTINGS if settings.SERVES_STAFF else PUBLIC_NAMES)
        if name in stored and (values := _values(name))[0] and stored[name] not in {fingerprint(name, secret) for secret in values}
    ]


def accept(name: str, now: dt.datetime) -> None:
    """Let the present secret be the right one from now on. Raises ValueError for a secret that has no fingerprint."""
    if name not in SETTINGS:
        raise ValueError(name)
    SecretFingerprint.objects.update_or_create(name=name, defaults={"digest": fingerprint(name, _values(name)[0]), "noted_at": now})


def _stored() -> dict[str, bytes]:
    return {row.name: bytes(row.digest) for row in SecretFingerprint.objects.all()}


def _values(name: str) -> list[str]:
    """Return the present value of a secret, and former ones that still count."""
    setting = SETTINGS[name]
    return [getattr(settings, setting), *getattr(settings, f"{setting}_FALLBACKS", ())]
