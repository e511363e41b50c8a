"""Which keys there are, and what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from intake.crypto import key_files, keyring, pins, sealing
from intake.crypto.key_files import KeyringError, Locked
from intake.keys import rewrapping
from intake.models import CentreKey, Inquiry, KeyWrap


@dataclass(frozen=True)
class Row:
    """A key of a centre, as `manage.py keys list` shows it. `private_half` is "here", "missing", "locked" or "elsewhere"."""

    key: CentreKey
    private_half: str
    wraps: int

    @property
    def fingerprint(self) -> str:
        return pins.fingerprint(self.key.public_key)


def rows() -> list[Row]:
    """Return all keys by centre and age. Five queries."""
    counts = rewrapping.counts()
    keys = CentreKey.objects.select_related("centre").order_by("centre__name", "pk")
    return [Row(key, _private_half(key), counts[key.pk]) for key in keys]


def _private_half(key: CentreKey) -> str:
    if settings.SITE_ROLE == "public":
        return "elsewhere"
    try:
        return "here" if keyring.is_here(key) else "missing"
    except Locked:
        return "locked"


def problems(*, mend: bool = False) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong. Raises KeyringError on a public server, Locked when nothing can be verified.

    `mend` puts the public keys back that were changed in the database, where the file and the signature show what they were.
    """
    folder = key_files.folder()
    if key_files.are_locked():
        key_files.identity()  # raises what the matter is
    keyring.verify_keys(timezone.now())
    organisation_key = pins.organisation_public_key()
    for key in CentreKey.objects.filter(retired_at=None).select_related("centre").order_by("centre__name"):
        if organisation_key and not pins.is_signed(key, organisation_key):
            yield _unsigned(key, folder, organisation_key, mend)
        elif not keyring.opens_canary(key):
            yield f"{key.centre}: the private half of key {key.pk} is missing or doesn't open what is sealed to the key."
    for row in rows():
        if row.wraps and row.private_half == "missing":
            recoverable = Q(key_wraps__centre_key=row.key) & Q(pk__in=KeyWrap.objects.filter(centre_key=None).values("inquiry"))
            can = Inquiry.objects.filter(recoverable).count()
            yield (
                f"{row.key.centre}: {row.wraps} keys of cases, notes and drafts are wrapped to key {row.key.pk}, whose private half isn't "
                f"here. {can} cases can be recovered with the recovery key."
            )
    if (folder / key_files.PROTECTED_IDENTITY).exists():
        clear = sorted(path.name for path in folder.glob("*.key") if not key_files.is_encrypted(path.read_bytes()))
        if clear:
            yield f"{', '.join(clear)} in {folder} is not encrypted, though others are. Run `manage.py keys encrypt` again."
    unkeyed = Inquiry.objects.exclude(sealed=b"").annotate(wraps=Count("key_wraps")).filter(wraps=0).count()
    if unkeyed:
        yield f"{unkeyed} cases have no wrapped key at all: only their visitors can open them."


def _unsigned(key: CentreKey, folder: Path, organisation_key: str, mend: bool) -> str:
    try:
        public_key = sealing.public_half(keyring.stored_private_key(folder / f"{key.pk}.key", bytes(key.public_key)))
    except (OSError, ValueError, KeyringError, sealing.SealBroken):
        public_key = b""
    if public_key and pins.is_signed(key, organisation_key, public_key):
        if mend:
            CentreKey.objects.filter(pk=key.pk).update(public_key=public_key)
            return f"{key.centre}: key {key.pk} had been changed in the database. It was put back."
        return (
            f"{key.centre}: key {key.pk} was CHANGED IN THE DATABASE. Somebody may read what was sealed to it since. Read “A swapped "
            "public key” in docs/keys.md; `manage.py keys verify --mend` puts it back."
        )
    if public_key == bytes(key.public_key):
        return f"{key.centre}: key {key.pk} isn't signed by the organisation yet. Its private half is here: run `manage.py keys pin`."
    return (
        f"{key.centre}: key {key.pk} isn't signed by the organisation, and its private half isn't here. If nobody made it on another "
        "server, it was swapped: read “A swapped public key” in docs/keys.md."
    )
