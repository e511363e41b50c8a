"""Encrypting the files of the private keys under a passphrase, and opening them again (see intake.crypto.key_files)."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pyrage
from django.conf import settings

from intake.crypto import key_files, keyring
from intake.crypto.key_files import KeyringError

SHORTEST_PASSPHRASE = 20  # characters: five or six words


def encrypt(passphrase: str) -> int:
    """Encrypt all files of the folder and unlock them for the running processes; return how many were encrypted.

    The first time `passphrase` becomes the one; after that it must be the same. Raises KeyringError and changes nothing when one of
    the files can't be read. A run that is killed leaves files of both kinds, which all open, and is finished by the next.
    """
    folder = key_files.folder()
    protected = folder / key_files.PROTECTED_IDENTITY
    if protected.exists():
        unlock(passphrase)
        identity = key_files.identity()
    else:
        _refuse_short(passphrase)
        identity = pyrage.x25519.Identity.generate()
        # Where the processes find it comes first: no file is encrypted that they couldn't open.
        _write_identity(identity)
        _replace(protected, _protected(identity, passphrase))
    return _convert(lambda content: bytes(pyrage.encrypt(content, [identity.to_public()])), encrypted=False)


def decrypt(passphrase: str) -> int:
    """Decrypt all files of the folder and forget the passphrase; return how many were decrypted. Raises KeyringError as encrypt()."""
    unlock(passphrase)
    number = _convert(key_files.opened, encrypted=True)
    (key_files.folder() / key_files.PROTECTED_IDENTITY).unlink()
    with contextlib.suppress(OSError):  # a credential of systemd can't be removed, and opens nothing any more
        Path(settings.KEYS_IDENTITY_FILE).unlink()
    return number


def unlock(passphrase: str) -> None:
    """Give the running processes what opens the files. Raises KeyringError for a wrong passphrase."""
    _write_identity(_identity(passphrase))


def change_passphrase(old: str, new: str) -> None:
    """Protect the identity with another passphrase. Backups of the folder still open with the old one. Raises KeyringError."""
    identity = _identity(old)
    _refuse_short(new)
    _replace(key_files.folder() / key_files.PROTECTED_IDENTITY, _protected(identity, new))


def replace_forgotten_passphrase(new: str) -> None:
    """Protect the identity that is unlocked now with a new passphrase. Raises Locked, or KeyringError when it opens other keys."""
    _refuse_short(new)
    for path in key_files.folder().glob("*.key"):
        key_files.opened(path.read_bytes())
    _replace(key_files.folder() / key_files.PROTECTED_IDENTITY, _protected(key_files.identity(), new))


def _identity(passphrase: str) -> pyrage.x25519.Identity:
    protected = key_files.folder() / key_files.PROTECTED_IDENTITY
    try:
        text = pyrage.passphrase.decrypt(protected.read_bytes(), passphrase)
    except FileNotFoundError:
        raise KeyringError("The centres' keys are not encrypted: there is nothing to unlock.") from None
    except pyrage.DecryptError:
        raise KeyringError("This is not the passphrase of the centres' keys.") from None
    return pyrage.x25519.Identity.from_str(text.decode().strip())


def _protected(identity: pyrage.x25519.Identity, passphrase: str) -> bytes:
    return bytes(pyrage.passphrase.encrypt(f"{identity}\n".encode(), passphrase))


def _refuse_short(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise KeyringError(f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters: six words drawn by dice are a good one.")


def _write_identity(identity: pyrage.x25519.Identity) -> None:
    path = Path(settings.KEYS_IDENTITY_FILE)
    if path.is_relative_to(settings.DATA_DIR):
        raise KeyringError(f"{path} lies on the disk beside what it opens. Set KEYS_IDENTITY_FILE to a file in memory (docs/keys.md).")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(path, f"{identity}\n".encode())
    except OSError as error:
        raise KeyringError(f"{path} can't be written ({error.strerror}). Set KEYS_IDENTITY_FILE to a file in memory.") from None


def _convert(change: Callable[[bytes], bytes], *, encrypted: bool) -> int:
    """Replace the files that are (not) `encrypted`, once the new content of each was written and read again."""
    files = {path: path.read_bytes() for path in sorted(key_files.folder().glob("*.key"))}
    files = {path: content for path, content in files.items() if key_files.is_encrypted(content) is encrypted}
    written: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            temporary = path.with_suffix(".changing")
            temporary.unlink(missing_ok=True)
            key_files.write_new(temporary, change(content))
            written[temporary] = path
            if key_files.opened(temporary.read_bytes()) != key_files.opened(content):
                raise KeyringError(f"{path} could not be read again. Nothing was changed.")
    except OSError as error:
        raise KeyringError(f"{error.filename} could not be written ({error.strerror}). Nothing was changed.") from None
    else:
        for temporary, path in written.items():
            temporary.replace(path)
    finally:
        for temporary in written:
            temporary.unlink(missing_ok=True)
    key_files.sync_folder(key_files.folder())
    keyring.forget_read_keys()
    return len(files)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".changing")
    temporary.unlink(missing_ok=True)
    key_files.write_new(temporary, content)
    os.replace(temporary, path)
    key_files.sync_folder(path.parent)
