"""System checks of the intake app."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from intake.audit import signing
from intake.crypto import key_files, keyring, pins
from intake.crypto.key_files import KeyringError
from intake.models import WebhookEndpoint
from intake.notifications import channels
from intake.notifications.channels import webhook


@register(Tags.security)
def peppers_differ(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the peppers differ, so that the stored look-up value says nothing about the wrapping key."""
    if settings.RECEIPT_LOOKUP_PEPPER != settings.RECEIPT_KEY_PEPPER:
        return []
    return [
        Error(
            "The two receipt peppers are equal.",
            hint="Create new receipt_lookup_pepper and receipt_key_pepper, each with `openssl rand -hex 32`. "
            "Existing receipts will stop working.",
            id="intake.E001",
        )
    ]


@register(Tags.security)
def recovery_key_is_a_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that RECOVERY_PUBLIC_KEY is usable, before the first inquiry needs it."""
    try:
        keyring.recovery_public_key()
    except KeyringError as error:
        mend = "`manage.py keys make-recovery` printed it. Without a recovery key remove the variable."
        return [Error(str(error), hint=mend, id="intake.E003")]
    return []


@register(Tags.security)
def centre_keys_are_protected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that centre keys can't be swapped in the database unnoticed, and don't lie in clear on a site that people reach."""
    try:
        organisation_key = pins.organisation_public_key()
    except KeyringError as error:
        mend = "On the staff's server `manage.py keys pin` prints organisation_public_key; organisation_key is in the backup of the keys."
        return [Error(str(error), hint=mend, id="intake.E020")]
    found: list[CheckMessage] = []
    if not organisation_key:
        found.append(
            Warning(
                "This server doesn't check that the organisation signed the centres' keys: who can write the database can swap them.",
                hint="On the staff's server run `python -m recovery_site.secrets FOLDER`, restart, and `manage.py keys pin`, which prints "
                "what to put into the secret organisation_public_key of a public server.",
                id="intake.W021",
            )
        )
    if settings.HTTPS and settings.CENTRE_KEYS_DIR is not None and _lie_in_clear(Path(settings.CENTRE_KEYS_DIR)):
        found.append(
            Warning(
                f"The centres' private keys lie unencrypted in {settings.CENTRE_KEYS_DIR}: a copy of the folder opens every inquiry.",
                hint="Encrypt them with `manage.py keys encrypt` (docs/keys.md).",
                id="intake.W022",
            )
        )
    return found


def _lie_in_clear(folder: Path) -> bool:
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and folder.is_relative_to(credentials):
        return False  # systemd keeps them encrypted, and in memory while the site runs
    try:
        return any(not key_files.is_encrypted(path.read_bytes()) for path in folder.glob("*.key"))
    except OSError:
        return False


@register(Tags.security)
def audit_trail_is_signed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that a server that serves staff has the key that signs the audit trail."""
    if not settings.SERVES_STAFF or signing.public_key():
        return []
    return [
        Warning(
            "The audit trail is not signed: the secret audit_signing_key is missing or has another form.",
            hint=f"Create it with `python -m recovery_site.secrets {settings.SECRETS_DIR}`.",
            id="intake.W006",
        )
    ]


@register(Tags.security)
def channels_are_set_up(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each notification channel checks its own settings."""
    return [message for channel in channels.all_channels() for message in channel.checks()]


@register(Tags.database)
def somebody_is_told_of_danger(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that each centre that takes inquiries has somebody who can be told, and a key that opens.

    Runs only with `check --database default` and `migrate`, and only once the tables exist.
    """
    from intake.assessment import readiness
    from intake.models import Centre, CentreKey

    if not databases:
        return []
    try:
        if Centre._meta.db_table not in connection.introspection.table_names():
            return []
        centres = Centre.objects.filter(accepts_inquiries=True).order_by("name")
        lacks = readiness.missing_at(list(centres))
        messages: list[CheckMessage] = [
            Warning(
                f"{centre.name} takes inquiries, and nobody who works there can be told of danger.",
                hint="Give an active member an e-mail address and switch their notifications on, or make one a lead; or take no "
                "inquiries there.",
                id="intake.W003",
            )
            for centre in centres
            if readiness.Lack.PEOPLE in lacks[centre.pk]
        ]
        messages += [
            Warning(
                f"{centre.name} takes inquiries, and its key doesn't open what is sealed to it.",
                hint="Restore the file of the key from the backup, or create a key with `manage.py keys create CENTRE`.",
                id="intake.W005",
            )
            for centre in centres
            if CentreKey.objects.filter(centre=centre, retired_at=None, unusable_since__isnull=False).exists()
        ]
        messages += [
            Warning(
                f"{centre.name} takes inquiries, and its key isn't signed by the organisation, so nothing is sealed to it.",
                hint="`manage.py keys verify` says whether it was swapped; docs/keys.md says what to do then.",
                id="intake.W023",
            )
            for centre in centres
            if readiness.Lack.PIN in lacks[centre.pk]
        ]
    except DatabaseError:  # such as before a migration
        return []
    return messages


@register(Tags.database)
def closed_cases_are_erased(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that each centre has times of keeping: without any, nothing of it is ever erased.

    Runs only with `check --database default` and `migrate`, and only once the tables exist.
    """
    from intake.models import Centre, RetentionRule

    if not databases:
        return []
    try:
        if RetentionRule._meta.db_table not in connection.introspection.table_names():
            return []
        names = list(Centre.objects.exclude(pk__in=RetentionRule.objects.values("centre")).order_by("name").values_list("name", flat=True))
    except DatabaseError:
        return []
    return [
        Warning(
            f"{name} has no times of keeping: what people wrote there is kept for ever.",
            hint="Choose times on the page “Keeping and erasing” of the admin, where one button takes the recommended ones.",
            id="intake.W007",
        )
        for name in names
    ]


@register(Tags.database)
def somebody_answers(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that there is a default centre with a key, without which every inquiry is refused.

    Runs only with `check --database default` and `migrate`, and only once the tables exist.
    """
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
                    "There is no default centre: the contact form can't accept inquiries.",
                    hint="Mark one centre as the default one in the admin.",
                    id="intake.W001",
                )
            ]
        if keyring.active_key(default) is None:
            return [
                Warning(
                    "The default centre has no key: the contact form can't accept inquiries.",
                    hint="Create one with `manage.py keys create CENTRE`.",
                    id="intake.W002",
                )
            ]
    except DatabaseError:
        return []
    return []


@register(Tags.database)
def webhooks_lead_out(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the webhooks in use are still sent to: those of older releases may be without https, or lead inside."""
    if "default" not in (databases or ()):
        return []
    try:
        names = [endpoint.name for endpoint in WebhookEndpoint.objects.filter(is_active=True) if webhook.objection(endpoint.url)]
    except DatabaseError:  # before the first migration
        return []
    return [
        Error(
            f"The webhook {name} is sent nothing: its address has no https, or is in our own network.",
            hint="Change it in the admin, or name its host in WEBHOOKS_INSIDE if that is meant.",
            id="intake.E007",
        )
        for name in names
    ]
