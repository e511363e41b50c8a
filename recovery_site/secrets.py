"""Where the site's secrets come from.

Each secret is a file of its own in the secrets folder (which is how systemd credentials and container secrets
arrive), or an environment variable of the same name in capitals, which wins. Nothing here needs Django, so that
`script/server` can make the missing ones before settings are read:

    python -m recovery_site.secrets var/secrets
"""

import argparse
import os
import secrets as random_secrets
from pathlib import Path

# A server that serves only the public side must be given PUBLIC_SECRETS and nothing else.
PUBLIC_SECRETS = ("secret_key", "receipt_lookup_pepper", "receipt_key_pepper")
STAFF_SECRETS = ("blind_index_key",)


class MissingSecret(Exception):
    """A secret is neither in the environment nor in the secrets folder."""


def find(name: str, folder: Path) -> str:
    """Return the secret called `name`, or nothing when there is none: for those that not every site needs."""
    if value := os.environ.get(name.upper(), ""):
        return value
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def read(name: str, folder: Path) -> str:
    """Return the secret called `name`; raise MissingSecret with the mend when there is none."""
    value = find(name, folder)
    if not value:
        raise MissingSecret(
            f"The secret {name} is missing. Run `python -m recovery_site.secrets {folder}` to make it, "
            f"or set the environment variable {name.upper()}."
        )
    return value


def create_missing(folder: Path) -> list[str]:
    """Make every secret that `folder` lacks (64 hexadecimal digits each); return the names of those made.

    Existing ones are never touched: a changed pepper would make every receipt worthless.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in PUBLIC_SECRETS + STAFF_SECRETS:
        path = folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(random_secrets.token_hex(32) + "\n")
        made.append(name)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m recovery_site.secrets", description="Make the secrets that a folder lacks.")
    parser.add_argument("folder", type=Path, help="where they lie, for example var/secrets; those that are there stay as they are")
    create_missing(parser.parse_args().folder)
