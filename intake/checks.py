"""System checks of the intake app."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from intake.audit import signing
from intake.crypto import keyring
from intake.notifications import channels


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
    except keyring.KeyringError as error:
        return [Error(str(error), id="intake.E003")]
    return []


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
    """Check that each centre that takes inquiries has somebody who can be told, and a key that opens, and that an operator can be told.

    Runs only with `check --database default` and `migrate`, and only once the tables exist.
    """
    from intake.assessment import readiness
    from intake.models import Centre, CentreKey
    from intake.notifications import recipients

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
                hint="Restore the file of the key from the backup, or create a key with `manage.py create_centre_key CENTRE`.",
                id="intake.W005",
            )
            for centre in centres
            if CentreKey.objects.filter(centre=centre, retired_at=None, unusable_since__isnull=False).exists()
        ]
        if centres.exists() and not recipients.reachable_operators():
            messages.append(
                Warning(
                    "No operator has an e-mail address, so nobody is told of an alarm that a centre doesn't answer.",
                    hint="Give one superuser an e-mail address.",
                    id="intake.W004",
                )
            )
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
            id="intake.W006",
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
                    hint="Create one with `manage.py create_centre_key CENTRE`.",
                    id="intake.W002",
                )
            ]
    except DatabaseError:
        return []
    return []
