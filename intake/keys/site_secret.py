"""New secrets of both halves, with the former ones still read meanwhile: nobody is signed out, and no open form is lost."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from intake.crypto import key_files
from intake.crypto.key_files import KeyringError
from intake.notifications.channels import webhook

NAMES = ("secret_key", "staff_secret_key")


def begin() -> str:
    """Put a new secret before the ones in each file; return what to do next. Raises KeyringError when a file can't be written."""
    for path in _paths():
        _write(path, [secrets.token_hex(32), *path.read_text(encoding="ascii").split()])
    return (
        f"{' and '.join(NAMES)} begin with a new secret; the former one is still read. Copy secret_key to the visitors' server, if that is "
        "another one, and restart both halves.\n"
        "After a day, when every session and open form has ended, run `manage.py keys rotate-secret --finish`, and restart again."
    )


def finish() -> str:
    """Seal what was sealed under former secrets under the new one, and drop them; return what was done. Raises KeyringError."""
    paths = _paths()
    if not settings.SECRET_KEY_FALLBACKS and not settings.FORM_SECRET_FALLBACKS:
        raise KeyringError("There is one secret only: nothing to finish.")
    number = webhook.seal_again()
    for path, secret in zip(paths, (settings.FORM_SECRET, settings.SECRET_KEY), strict=True):
        _write(path, [secret])
    return f"The secrets of {number} webhooks were sealed again, and the former site secrets were dropped. Restart the site."


def _paths() -> list[Path]:
    for name in NAMES:
        if os.environ.get(name.upper()) or not (Path(settings.SECRETS_DIR) / name).exists():
            raise KeyringError(
                f"{name} isn't a file in {settings.SECRETS_DIR}. Put the new one before the old one yourself, with a blank between."
            )
    return [Path(settings.SECRETS_DIR) / name for name in NAMES]


def _write(path: Path, lines: list[str]) -> None:
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        key_files.write_new(temporary, "".join(f"{line}\n" for line in lines).encode())
        temporary.replace(path)
    except OSError as error:
        raise KeyringError(f"{path} can't be written: {error.strerror}. Nothing was changed.") from None
