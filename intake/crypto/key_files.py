"""The files of private keys in CENTRE_KEYS_DIR, as plain base64 or encrypted with age (https://age-encryption.org/v1).

Encrypted files open with one age identity. It lies in the same folder as `identity.age`, under a passphrase that a person types
(`manage.py keys unlock`), and for the running processes in settings.KEYS_IDENTITY_FILE: a file in memory that `keys unlock` writes, or
a systemd credential. The processes never handle the passphrase itself, whose derivation takes a second and half a gigabyte of memory.
"""

import os
import secrets
from pathlib import Path

import pyrage
from django.conf import settings

HEADER = b"age-encryption.org/v1\n"
PROTECTED_IDENTITY = "identity.age"


class KeyringError(Exception):
    """Raised when a private key can't be created, read or trusted. The message says why and what to do, without key material."""

    message_is_for_operators = True  # recovery_site.logs keeps it


class Locked(KeyringError):
    """Raised when the files of keys are encrypted and their identity isn't here."""


def folder() -> Path:
    """Return the folder of the private keys. Raises KeyringError on a public server."""
    if settings.SITE_ROLE == "public" or settings.CENTRE_KEYS_DIR is None:
        raise KeyringError("A public server holds no private keys: run this on the staff server.")
    return Path(settings.CENTRE_KEYS_DIR)


def is_encrypted(content: bytes) -> bool:
    """Return whether `content` is a file encrypted with age."""
    return content.startswith(HEADER)


def are_locked() -> bool:
    """Return whether the folder's files are encrypted and can't be opened now."""
    try:
        return (folder() / PROTECTED_IDENTITY).exists() and not identity()
    except KeyringError:
        return True


def identity() -> pyrage.x25519.Identity:
    """Return the identity that opens the encrypted files. Raises Locked when it isn't here, KeyringError when it is malformed."""
    path = Path(settings.KEYS_IDENTITY_FILE)
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise Locked("The centres' keys are locked. Unlock them with `manage.py keys unlock`.") from None
    except (OSError, UnicodeDecodeError):
        raise KeyringError(f"{path} can't be read. It must belong to the user who runs the site.") from None
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise KeyringError(f"{path} holds no age identity. Remove it, then run `manage.py keys unlock`.") from None


def opened(content: bytes) -> bytes:
    """Return the plain content of a file of the folder. Raises Locked, or KeyringError when it was encrypted for another identity."""
    if not is_encrypted(content):
        return content
    try:
        return bytes(pyrage.decrypt(content, [identity()]))
    except pyrage.DecryptError:
        raise KeyringError(f"{settings.KEYS_IDENTITY_FILE} doesn't open the centres' keys: it is the identity of other keys.") from None


def closed(content: bytes) -> bytes:
    """Return `content` as it is stored: encrypted where the folder's files are. Raises Locked or KeyringError."""
    if not (folder() / PROTECTED_IDENTITY).exists():
        return content
    return bytes(pyrage.encrypt(content, [identity().to_public()]))


def write_new(path: Path, content: bytes) -> None:
    """Create a file with mode 0600, on the disk and whole or not at all. Raises FileExistsError if it exists."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(new, path)
    finally:
        new.unlink()
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make sure that files created, renamed and removed in the folder stay so after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
