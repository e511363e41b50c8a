"""The mail after somebody signed in from a network that they hadn't used for a while. It names no address."""

import datetime as dt
import logging
import smtplib
from threading import Thread

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from recovery_site.staff import time_zones

logger = logging.getLogger(__name__)


def tell(user: User, at: dt.datetime) -> None:
    """Mail `user` that somebody signed in as them, by a thread, so that signing in doesn't wait for the mail server."""
    if not user.email:
        return
    with translation.override(user.language or settings.LANGUAGE_CODE):
        when = time_zones.moment_in_words(at, time_zones.zone(user.time_zone, settings.TIME_ZONE))
        body = [
            _("Somebody signed in to the staff pages as %(username)s from a place that is new to us: %(when)s.")
            % {"username": user.username, "when": when},
            _("Was it you, perhaps at another desk or with another phone? Then you need to do nothing."),
            f"{_('It was not you? End all sessions here, choose a new password, and tell your lead at once:')}\n"
            f"{settings.STAFF_URL}{reverse('own_sessions')}",
            _("Please do not answer this e-mail. Nobody reads the answers."),
        ]
        subject = _("Your account was used from a new place")
    letter = EmailMessage(
        subject, "\n\n".join(body) + "\n", settings.DEFAULT_FROM_EMAIL, [user.email], headers={"Auto-Submitted": "auto-generated"}
    )
    Thread(target=_send, args=(letter,), daemon=True).start()


def _send(letter: EmailMessage) -> None:
    try:
        letter.send()
    except (smtplib.SMTPException, OSError) as error:
        logger.error("A mail about a sign-in from a new place could not be sent: %s", type(error).__name__)
