"""The centres' key pairs. Public keys are rows; private keys are files on the staff server and nowhere else."""

import base64
import datetime as dt
import hashlib
import logging
import socket
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from intake.crypto import key_files, pins, sealing
from intake.crypto.key_files import KeyringError, Locked
from intake.identifiers import new_id
from intake.models import Centre, CentreKey, Event
from recovery_site.staff import audit

logger = logging.getLogger(__name__)

# How often a machine writes down that it opens with a key, and for how long others believe it.
OPENED_AGAIN, OPENED_ELSEWHERE = dt.timedelta(minutes=30), dt.timedelta(hours=1)


def create_centre_key(centre: Centre, *, by: User | str = "system", organisation_key: str = "") -> CentreKey:
    """Create a new active key pair for `centre`, sign it, record it, and return its row.

    The previous key is retired; its file is kept, because older inquiries can be opened only with it. `organisation_key` is the private
    half that signs, by default settings.ORGANISATION_KEY. Raises KeyringError on a public server, when the key can't be signed or the
    file can't be written, and leaves everything unchanged.
    """
    folder = key_files.folder()
    organisation_key = organisation_key or settings.ORGANISATION_KEY
    if pins.organisation_public_key() and not organisation_key:
        raise KeyringError(
            "The private half of the organisation's key isn't here, and without its signature nothing is sealed to a new key. "
            "Run `manage.py keys create CENTRE --organisation-key FILE`."
        )
    private, public = sealing.new_key_pair()
    # Named by its content until the row is there: a process that is killed in between leaves nothing in the way of the next key.
    pending = folder / _pending_name(public)
    try:
        content = key_files.closed(base64.b64encode(private) + b"\n")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_files.write_new(pending, content)
        with transaction.atomic():
            Centre.objects.select_for_update().get(pk=centre.pk)
            retire(centre.keys.filter(retired_at=None), by=by)
            row = CentreKey.objects.create(centre=centre, public_key=public)
            if organisation_key:
                pins.sign(row, organisation_key)
            audit.record(Event.Kind.KEY_CREATED, by=by, centre_id=centre.pk, key=row.pk)
            if _path(row, folder).exists():
                _set_aside(_path(row, folder))
    except OSError as error:
        pending.unlink(missing_ok=True)
        raise KeyringError(f"The private key could not be written to {folder}: {error.strerror}.") from None
    except BaseException:
        pending.unlink(missing_ok=True)
        raise
    # The row is stored: from here on the file must stay, and stored_private_key() finds it by its content.
    pending.rename(_path(row, folder))
    key_files.sync_folder(folder)
    return row


def retire(keys: QuerySet[CentreKey], *, by: User | str = "system") -> None:
    """Retire active keys: nothing new is sealed to them. Their files stay. Call it in a transaction."""
    for key in keys:
        CentreKey.objects.filter(pk=key.pk).update(retired_at=timezone.now())
        audit.record(Event.Kind.KEY_RETIRED, by=by, centre_id=key.centre_id, key=key.pk)


def _path(centre_key: CentreKey, folder: Path) -> Path:
    return folder / f"{centre_key.pk}.key"


def _set_aside(path: Path) -> None:
    """Give the file of a key whose row is missing the name of its content, by which stored_private_key() finds it if the row comes back.

    The row was rolled back after its file was named (the process that made the demo was killed), or the database was restored from a
    backup older than the key. The file is never removed.
    """
    content = path.read_bytes()
    try:
        name = _pending_name(sealing.public_half(_decoded(content)))
    except (KeyringError, ValueError, sealing.SealBroken):
        name = f"unknown-{hashlib.sha256(content).hexdigest()[:16]}.key"
    logger.warning("%s belongs to no key of this database. It is kept as %s.", path.name, name)
    path.rename(path.with_name(name))


def _pending_name(public_key: bytes) -> str:
    return f"new-{hashlib.sha256(public_key).hexdigest()[:16]}.key"


def wrap(case_key: bytes, record_id: UUID, centre_key: CentreKey) -> bytes:
    """Return `case_key` encrypted to `centre_key` and bound to the inquiry, note or draft. Raises pins.NotPinned."""
    pins.check(centre_key)
    return sealing.wrap_to_public_key(case_key, record_id, centre_key.public_key)


def private_key(centre_key: CentreKey) -> bytes:
    """Return the private key of `centre_key`. Raises KeyringError when the file is locked, missing or belongs to another key."""
    return _read(_path(centre_key, key_files.folder()), bytes(centre_key.public_key))


@lru_cache(maxsize=64)
def _read(path: Path, public_key: bytes) -> bytes:
    try:
        private = stored_private_key(path, public_key)
        if sealing.public_half(private) == public_key:
            return private
    except FileNotFoundError:
        raise KeyringError(f"The private key {path.name} is missing from {path.parent}. Restore it from the key backup.") from None
    except (OSError, ValueError, sealing.SealBroken):
        pass
    raise KeyringError(f"{path.name} in {path.parent} is not the private half of this centre's key. Restore it from the key backup.")


def forget_read_keys() -> None:
    """Read the files again when they are needed next, after they were changed."""
    _read.cache_clear()


def stored_private_key(path: Path, public_key: bytes) -> bytes:
    """Return what the file of a key holds, whether or not it fits `public_key`. Raises OSError, ValueError and KeyringError."""
    by_content = path.with_name(_pending_name(public_key))
    if by_content.exists():
        if path.exists():  # of a key that got this number while the row of this one was missing
            return _decoded(by_content.read_bytes())
        # The process that made the key was killed between storing its row and naming its file.
        by_content.rename(path)
    return _decoded(path.read_bytes())


def _decoded(content: bytes) -> bytes:
    return base64.b64decode(key_files.opened(content), validate=False)


def is_here(centre_key: CentreKey) -> bool:
    """Return whether the private half of `centre_key` is here and fits it. Reads the file again. Raises Locked."""
    try:
        _read.__wrapped__(_path(centre_key, key_files.folder()), bytes(centre_key.public_key))
    except Locked:
        raise
    except KeyringError:
        return False
    return True


def opens_canary(centre_key: CentreKey) -> bool:
    """Return whether the private key opens what is sealed to the public one. Raises Locked, and KeyringError on a public server.

    Reads the file again, so that a process that runs for weeks notices a file that was lost.
    """
    path, public_key = _path(centre_key, key_files.folder()), bytes(centre_key.public_key)
    canary, inquiry_id = sealing.new_case_key(), new_id()
    try:
        wrapped = sealing.wrap_to_public_key(canary, inquiry_id, public_key)
        return sealing.unwrap_with_private_key(wrapped, inquiry_id, _read.__wrapped__(path, public_key)) == canary
    except Locked:
        raise
    except (KeyringError, sealing.SealBroken, ValueError):
        return False


def verify_keys(now: dt.datetime) -> dict[str, int]:
    """Note which active keys can't open what is sealed to them, and which can again; pin those without a signature (periodic job).

    Returns how many can't. Inquiries are routed elsewhere meanwhile (intake.assessment.readiness). Does nothing on a public server.
    While the files are locked nothing is noted: what the keys could open an hour ago they open again once a person unlocks them.
    Nor is a file that is missing here while another machine of the staff's opens with it: only this machine can't show those cases.
    """
    if settings.SITE_ROLE == "public":
        return {}
    if key_files.are_locked():
        logger.warning("The centres' keys are locked: nobody can open an inquiry. Run manage.py keys unlock.")
        return {"centre_keys_locked": 1}
    unusable, elsewhere, machine = 0, 0, socket.gethostname()[:64]
    for key in CentreKey.objects.filter(retired_at=None):
        row = CentreKey.objects.filter(pk=key.pk)
        age = now - key.opened_at if key.opened_at else OPENED_ELSEWHERE
        if opens_canary(key):
            pin(key)
            if key.unusable_since is not None or not dt.timedelta() <= age < OPENED_AGAIN:
                row.update(unusable_since=None, opened_on=machine, opened_at=now)
        elif key.opened_on not in ("", machine) and age < OPENED_ELSEWHERE:
            elsewhere += 1
            logger.error("The private key %s isn't here; %s has it. Run manage.py keys import.", key.pk, key.opened_on)
        else:
            unusable += 1
            if key.unusable_since is None:
                row.update(unusable_since=now)
    return {"centre_keys_unusable": unusable, "centre_keys_only_elsewhere": elsewhere}


@transaction.atomic
def pin(centre_key: CentreKey, *, organisation_key: str = "", by: User | str = "system") -> bool:
    """Let the organisation sign a key whose private half is here, record it, and return whether it was signed now.

    That the private half is here shows that the public one was not swapped, so keys made before there was a key of the organisation
    are signed by themselves. False where it is signed already, the private half doesn't fit, or the organisation's isn't here.
    """
    organisation_key = organisation_key or settings.ORGANISATION_KEY
    if not organisation_key or pins.is_signed(centre_key, pins.public_half(organisation_key)) or not is_here(centre_key):
        return False
    pins.sign(centre_key, organisation_key)
    audit.record(Event.Kind.SETTINGS_CHANGED, by=by, centre_id=centre_key.centre_id, key=centre_key.pk, why="pinned")
    return True


def active_key(centre: Centre) -> CentreKey | None:
    """Return the key that new inquiries to `centre` are sealed to, or None when there is none that the organisation signed."""
    key = centre.keys.filter(retired_at=None).first()
    return key if key is not None and pins.is_pinned(key) else None


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
