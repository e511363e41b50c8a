"""A new secret_key, with the former one still read meanwhile: nobody is signed out, and no open form is lost."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from intake.crypto import key_files
from intake.crypto.key_files import KeyringError
from intake.notifications.channels import webhook

NAME = "secret_key"


def begin() -> str:
    """Put a new secret before the ones in the file; return what to do next. Raises KeyringError when the file can't be written."""
    path = _path()
    _write(path, [secrets.token_hex(32), *path.read_text(encoding="ascii").split()])
    return (
        f"{path} begins with a new secret; the former one is still read. Restart the site, on every server that has this secret.\n"
        "After a day, when every session and open form has ended, run `manage.py keys rotate-secret --finish`, and restart again."
    )


def finish() -> str:
    """Seal what was sealed under former secrets under the new one, and drop them; return what was done. Raises KeyringError."""
    path = _path()
    if not settings.SECRET_KEY_FALLBACKS:
        raise KeyringError("There is one secret only: nothing to finish.")
    number = webhook.seal_again()
    _write(path, [settings.SECRET_KEY])
    return f"The secrets of {number} webhooks were sealed again, and the former site secrets were dropped. Restart the site."


def _path() -> Path:
    path = Path(settings.SECRETS_DIR) / NAME
    if os.environ.get(NAME.upper()) or not path.exists():
        raise KeyringError(
            f"{NAME} isn't a file in {settings.SECRETS_DIR}. Put the new one before the old one yourself, with a blank between."
        )
    return path


def _write(path: Path, lines: list[str]) -> None:
    temporary = path.with_name(f"{NAME}.new")
    temporary.unlink(missing_ok=True)
    try:
        key_files.write_new(temporary, "".join(f"{line}\n" for line in lines).encode())
        temporary.replace(path)
    except OSError as error:
        raise KeyringError(f"{path} can't be written: {error.strerror}. Nothing was changed.") from None
