"""What must be right before the site takes inquiries. Run by `manage.py check` and at start."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from intake.crypto import keyring
from intake.notifications import channels


@register(Tags.security)
def peppers_differ(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Two derivations of a receipt under one pepper would make the stored look-up value tell the key's neighbour."""
    if settings.RECEIPT_LOOKUP_PEPPER != settings.RECEIPT_KEY_PEPPER:
        return []
    return [
        Error(
            "The two receipt peppers are equal.",
            hint="Make receipt_lookup_pepper and receipt_key_pepper anew, each with `openssl rand -hex 32`. "
            "Receipts that visitors hold now will stop working.",
            id="intake.E001",
        )
    ]


@register(Tags.security)
def public_role_has_no_private_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A public server that holds a private key could open what it stored."""
    if settings.SITE_ROLE != "public":
        return []
    # settings.CENTRE_KEYS_DIR is None here by design: look where the folder would be.
    folder = Path(os.environ.get("CENTRE_KEYS_DIR", "") or Path(settings.DATA_DIR) / "centre-keys")
    if not folder.is_dir() or not any(folder.glob("*.key")):
        return []
    return [
        Error(
            f"This is a public server, and {folder} holds centre keys.",
            hint="Move the folder to the staff server. What this server stored while it had them was not safe from it.",
            id="intake.E002",
        )
    ]


@register(Tags.security)
def recovery_key_is_a_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A recovery key that can't be used would be noticed at the first inquiry otherwise."""
    try:
        keyring.recovery_public_key()
    except keyring.KeyringError as error:
        return [Error(str(error), id="intake.E003")]
    return []


@register(Tags.security)
def channels_are_set_up(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each notification channel checks its own settings."""
    return [message for channel in channels.all_channels() for message in channel.checks()]


@register(Tags.database)
def somebody_answers(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Without a default centre that has a key, every inquiry would be refused."""
    # Only where the database is asked for (`check --database default`, `migrate`), and its tables are there.
    from intake.models import Centre

    if not databases:
        return []
    try:
        if Centre._meta.db_table not in connection.introspection.table_names():
            return []
        default = Centre.objects.filter(is_default=True).first()
        if default is None:
            return [
                Warning(
                    "No centre takes what nothing else takes: the contact form can't accept inquiries.",
                    hint="Mark one centre as the default one in the admin.",
                    id="intake.W001",
                )
            ]
        if keyring.active_key(default) is None:
            return [
                Warning(
                    "The default centre has no key: the contact form can't accept inquiries.",
                    hint="Make one: `manage.py create_centre_key CENTRE`.",
                    id="intake.W002",
                )
            ]
    except DatabaseError:
        return []
    return []
