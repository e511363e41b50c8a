"""Reads and creates the site's secrets.

Each secret is a file in the secrets folder (as systemd credentials and container secrets are) or an environment variable
of the same name in capitals, which takes precedence. This module doesn't import Django, so `script/server` can create
missing secrets before the settings are loaded:

    python -m recovery_site.secrets var/secrets
"""

import argparse
import os
import secrets as random_secrets
from pathlib import Path

# A server with SITE_ROLE=public must be given PUBLIC_SECRETS only.
PUBLIC_SECRETS = ("secret_key", "receipt_lookup_pepper", "receipt_key_pepper")
STAFF_SECRETS = ("staff_secret_key", "blind_index_key", "audit_signing_key", "organisation_key")


class MissingSecret(Exception):
    """A required secret is neither in the environment nor in the secrets folder."""


def find(name: str, folder: Path) -> str:
    """Return the optional secret `name`, or "" if it isn't set."""
    if value := os.environ.get(name.upper(), ""):
        return value
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


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

    Existing secrets are never changed: with another pepper no receipt would work any more.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    created = []
    for name in PUBLIC_SECRETS + STAFF_SECRETS:
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(random_secrets.token_hex(32) + "\n")
        created.append(name)
    return created


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m recovery_site.secrets", description="Create the secrets missing from a folder.")
    parser.add_argument("folder", type=Path, help="the secrets folder, for example var/secrets; existing secrets are kept")
    create_missing(parser.parse_args().folder)
