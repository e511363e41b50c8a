"""Reads and creates the site's secrets.

Each secret is a file in the secrets folder (as systemd credentials and container secrets are) or an environment variable
of the same name in capitals, which takes precedence. This module doesn't import Django, so `script/server` can create
missing secrets before the settings are loaded:

    python -m recovery_site.secrets var/secrets
"""

import argparse
import contextlib
import fcntl
import os
import secrets as random_secrets
import sys
from collections.abc import Iterator
from pathlib import Path

# A server with SITE_ROLE=public must be given PUBLIC_SECRETS only.
PUBLIC_SECRETS = ("secret_key", "receipt_lookup_pepper", "receipt_key_pepper")
STAFF_SECRETS = ("staff_secret_key", "blind_index_key", "audit_signing_key", "organisation_key")


class MissingSecret(Exception):
    """A required secret is neither in the environment nor in the secrets folder, or can't be read there."""


def find(name: str, folder: Path) -> str:
    """Return the optional secret `name`, or "" if it isn't set. Raises MissingSecret if its file can't be read."""
    if value := os.environ.get(name.upper(), ""):
        return value
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise MissingSecret(
            f"{folder / name} isn't text. Restore it from the backup of the keys; on a new site remove it, and run "
            f"`python -m recovery_site.secrets {folder}`."
        ) from None
    except OSError as error:
        raise MissingSecret(
            f"{folder / name} can't be read ({error.strerror}). Give it to the user that runs the site: `chown USER {folder / name}`."
        ) from None


def read(name: str, folder: Path) -> str:
    """Return the secret `name`. Raises MissingSecret, which says how to create it, if it isn't set."""
    value = find(name, folder)
    if not value:
        raise MissingSecret(
            f"The secret {name} is missing. Run `python -m recovery_site.secrets {folder}` to make it, "
            f"or set the environment variable {name.upper()}."
        )
    return value


def create_missing(folder: Path) -> list[str]:
    """Create the secrets missing from `folder`, 64 hexadecimal digits each. Return their names.

    Existing secrets are never changed: with another pepper no receipt would work any more. Each file appears whole or not at all; an
    empty one, which a full disk or a power cut left behind, is filled.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    created = []
    with _alone_in(folder) as descriptor:
        for name in PUBLIC_SECRETS + STAFF_SECRETS:
            path = folder / name
            new = folder / f".{name}.new"  # one that a killed process left is written again
            if not path.exists() or not path.stat().st_size:
                _write(new)
                new.replace(path)
                created.append(name)
            new.unlink(missing_ok=True)
        os.fsync(descriptor)
    return created


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[int]:
    """Hold the folder's lock, which no other process has meanwhile, and yield the folder's file descriptor."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path) -> None:
    """Write a new secret, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(random_secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


def main(arguments: list[str]) -> str:
    """Create the missing secrets. Return "", or one sentence that says what to do."""
    parser = argparse.ArgumentParser(prog="python -m recovery_site.secrets", description="Create the secrets missing from a folder.")
    parser.add_argument("folder", type=Path, help="the secrets folder, for example var/secrets; existing secrets are kept")
    folder: Path = parser.parse_args(arguments).folder
    try:
        create_missing(folder)
    except OSError as error:
        return f"{error.filename or folder} can't be written ({error.strerror}). Run this as root, or as its owner."
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
