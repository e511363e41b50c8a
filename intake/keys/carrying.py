"""Carrying the files of private keys from one of the staff's machines to another (`manage.py keys export | … keys import`)."""

import base64
import json
import re
from pathlib import Path
from typing import Any

from intake.crypto import key_files, keyring, sealing
from intake.crypto.key_files import KeyringError
from intake.models import CentreKey

_KEY = re.compile(r"([0-9]{1,18})\.key")
FORMAT = "recovery-site keys 1"


def packed() -> str:
    """Return the files of this machine as text: as they lie there, so encrypted where they are. Raises KeyringError."""
    folder = key_files.folder()
    paths = [path for path in sorted(folder.glob("*")) if _KEY.fullmatch(path.name) or path.name == key_files.PROTECTED_IDENTITY]
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in paths}
    if not any(_KEY.fullmatch(name) for name in files):
        raise KeyringError(f"There are no keys in {folder}.")
    return json.dumps({"format": FORMAT, "files": files})


def unpack(text: str) -> list[int]:
    """Add those keys of packed() that this machine lacks, and return their numbers. Nothing that is here changes.

    A file is taken only if it is the private half of the key with its number in the database. Raises KeyringError for one that isn't, after
    the others were added, and Locked where the files are encrypted and nobody has unlocked this machine.
    """
    folder, files = key_files.folder(), _read(text)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    protected = folder / key_files.PROTECTED_IDENTITY
    if key_files.PROTECTED_IDENTITY in files and not protected.exists() and not any(folder.glob("*.key")):
        key_files.write_new(protected, files[key_files.PROTECTED_IDENTITY])  # it opens with the passphrase of the other machine
    if key_files.are_locked():
        key_files.identity()  # raises what the matter is
    added, strange = [], []
    known = {key.pk: bytes(key.public_key) for key in CentreKey.objects.all()}
    for name, content in files.items():
        number = _KEY.fullmatch(name)
        if number is None or (folder / name).exists():
            continue
        if int(number[1]) not in known or _public_half(content) != known[int(number[1])]:
            strange.append(name)
            continue
        key_files.write_new(folder / name, key_files.closed(base64.b64encode(_private(content)) + b"\n"))
        added.append(int(number[1]))
    keyring.forget_read_keys()
    if strange:
        raise KeyringError(f"{', '.join(strange)}: not the private half of the key with that number here. Is it another site's?")
    return added


def missing(folder: Path) -> list[int]:
    """Return the numbers of the keys in the database, retired ones too, whose files aren't in `folder`. One query."""
    return [pk for pk in CentreKey.objects.order_by("pk").values_list("pk", flat=True) if not (folder / f"{pk}.key").exists()]


def _read(text: str) -> dict[str, bytes]:
    try:
        packed_files: Any = json.loads(text)
        if packed_files["format"] != FORMAT:
            raise ValueError
        return {str(name): base64.b64decode(content, validate=True) for name, content in packed_files["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyringError("This is not what `keys export` writes. Nothing was added.") from None


def _private(content: bytes) -> bytes:
    return base64.b64decode(key_files.opened(content), validate=False)


def _public_half(content: bytes) -> bytes:
    try:
        return sealing.public_half(_private(content))
    except (ValueError, sealing.SealBroken, KeyringError):
        return b""
