"""The centres' key pairs. Public keys are rows; private keys are files on the staff server and nowhere else."""

import base64
import datetime as dt
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from intake.crypto import sealing
from intake.identifiers import new_id
from intake.models import Centre, CentreKey


class KeyringError(Exception):
    """Raised when a private key can't be created or read. The message says why and what to do, without key material."""


def _folder() -> Path:
    if settings.SITE_ROLE == "public" or settings.CENTRE_KEYS_DIR is None:
        raise KeyringError("A public server holds no private keys: run this on the staff server.")
    return Path(settings.CENTRE_KEYS_DIR)


def _write_new(path: Path, content: bytes) -> None:
    """Create a file with mode 0600 and sync it to disk. Raises FileExistsError if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def create_centre_key(centre: Centre) -> CentreKey:
    """Create a new active key pair for `centre` and return its row.

    The previous key is retired; its file is kept, because older inquiries can be opened only with it. Raises KeyringError
    on a public server or when the file can't be written, and leaves everything unchanged.
    """
    folder = _folder()
    private, public = sealing.new_key_pair()
    path: Path | None = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with transaction.atomic():
            Centre.objects.select_for_update().get(pk=centre.pk)
            centre.keys.filter(retired_at=None).update(retired_at=timezone.now())
            row = CentreKey.objects.create(centre=centre, public_key=public)
            new_path = folder / f"{row.pk}.key"
            _write_new(new_path, base64.b64encode(private) + b"\n")
            path = new_path
    except FileExistsError:
        raise KeyringError(f"{folder} already holds a file for the next key. Is it the folder of another database?") from None
    except OSError as error:
        raise KeyringError(f"The private key could not be written to {folder}: {error.strerror}.") from None
    except BaseException:
        # The row was rolled back; a leftover file would collide with the next key.
        if path is not None:
            path.unlink(missing_ok=True)
        raise
    return row


def private_key(centre_key: CentreKey) -> bytes:
    """Return the private key of `centre_key`. Raises KeyringError when the file is missing or belongs to another key."""
    return _read(_folder() / f"{centre_key.pk}.key", bytes(centre_key.public_key))


@lru_cache(maxsize=64)
def _read(path: Path, public_key: bytes) -> bytes:
    try:
        private = base64.b64decode(path.read_bytes(), validate=False)
        if sealing.public_half(private) == public_key:
            return private
    except FileNotFoundError:
        raise KeyringError(f"The private key {path.name} is missing from {path.parent}. Restore it from the key backup.") from None
    except (OSError, ValueError, sealing.SealBroken):
        pass
    raise KeyringError(f"{path.name} in {path.parent} is not the private half of this centre's key. Restore it from the key backup.")


def opens_canary(centre_key: CentreKey) -> bool:
    """Return whether the private key opens what is sealed to the public one. Raises KeyringError on a public server, which has none.

    Reads the file again, so that a process that runs for weeks notices a file that was lost.
    """
    path, public_key = _folder() / f"{centre_key.pk}.key", bytes(centre_key.public_key)
    canary, inquiry_id = sealing.new_case_key(), new_id()
    try:
        wrapped = sealing.wrap_to_public_key(canary, inquiry_id, public_key)
        return sealing.unwrap_with_private_key(wrapped, inquiry_id, _read.__wrapped__(path, public_key)) == canary
    except (KeyringError, sealing.SealBroken, ValueError):
        return False


def verify_keys(now: dt.datetime) -> dict[str, int]:
    """Note which active keys can't open what is sealed to them, and which can again (periodic job); return how many can't.

    Inquiries are routed elsewhere meanwhile (intake.assessment.readiness). Does nothing on a public server.
    """
    if settings.SITE_ROLE == "public":
        return {}
    unusable = 0
    for key in CentreKey.objects.filter(retired_at=None):
        opens = opens_canary(key)
        unusable += not opens
        if opens is not (key.unusable_since is None):
            CentreKey.objects.filter(pk=key.pk).update(unusable_since=None if opens else now)
    return {"centre_keys_unusable": unusable}


def active_key(centre: Centre) -> CentreKey | None:
    """Return the key that new inquiries to `centre` are sealed to, or None."""
    return centre.keys.filter(retired_at=None).first()


def recovery_public_key() -> bytes | None:
    """Return the organisation's recovery key, or None when none is configured. Raises KeyringError when it is malformed."""
    if not settings.RECOVERY_PUBLIC_KEY:
        return None
    try:
        key = base64.b64decode(settings.RECOVERY_PUBLIC_KEY, validate=True)
    except ValueError:
        key = b""
    if len(key) != sealing.PUBLIC_KEY_BYTES:
        raise KeyringError("RECOVERY_PUBLIC_KEY is not a public key in base64. Copy it again, or unset it.")
    return key
