"""Mails that tell somebody what became of their second factors. No place, no device and no address in them."""

import logging
import smtplib
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User

logger = logging.getLogger(__name__)


def added(user: User, kind: str) -> None:
    """Tell `user` after the transaction that a factor of theirs was added."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, first = {
            "webauthn": (_("A passkey was added"), _("A passkey was added to your account for the staff pages.")),
            "totp": (_("An authenticator app was added"), _("An authenticator app was added to your account for the staff pages.")),
            "recovery_codes": (_("New recovery codes"), _("New recovery codes were made for your account. The old ones no longer work.")),
        }[kind]
        later(user, subject, first, _not_you())


def removed(user: User, kind: str) -> None:
    """Tell `user` after the transaction that a factor of theirs was removed."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, first = {
            "webauthn": (_("A passkey was removed"), _("A passkey was removed from your account for the staff pages.")),
            "totp": (_("The authenticator app was removed"), _("The authenticator app was removed from your account for the staff pages.")),
        }[kind]
        later(user, subject, first, _not_you())


def guessed(user: User) -> None:
    """Tell `user` that somebody who gave their password wrote wrong codes until the limit."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        later(
            user,
            _("Wrong codes at your sign-in"),
            _("Somebody signed in with your password and then wrote ten wrong codes. They did not get in."),
            _("If it was you, wait a quarter of an hour. A passkey works at once."),
            _not_you(),
        )


def later(user: User, subject: str, *paragraphs: str) -> None:
    """Mail `paragraphs` to `user` once the transaction is stored. People without an address get none."""
    if user.email:
        words = [*map(str, paragraphs), _("Please do not answer this e-mail. Nobody reads the answers.")]
        transaction.on_commit(partial(send, user, subject, "\n\n".join(words) + "\n"))


def send(user: User, subject: str, body: str) -> bool:
    """Mail `body`; return whether the mail server took it. An error is logged without the address."""
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email], headers=headers).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.error("A notice about a second factor could not be mailed: %s", type(error).__name__)
        return False
    return True


def _not_you() -> str:
    return _("If this was not you, tell the lead of your center or the person who runs the site at once, and choose a new password.")
