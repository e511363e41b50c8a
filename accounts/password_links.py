"""Links by which staff choose a password: mailed to a new colleague, or to whoever forgot theirs.

A link holds Django's one-time token. It ends when a password is chosen, when the person signs in or is switched off, when another link is
sent, or after PASSWORD_RESET_TIMEOUT; neither it nor its page says whose it is.
"""

import datetime as dt
import logging
import smtplib
from threading import Thread
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db.models import F
from django.http import HttpRequest
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import SignInTries, User
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window
from recovery_site.staff import audit

logger = logging.getLogger(__name__)
MINUTES = 60
# How often in MINUTES one network may ask for a link, and how many links one address is sent.
ASKED, SENT = 20, 3


class _Tokens(PasswordResetTokenGenerator):
    """Django's tokens, of which only the newest one of a person is good."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        # As Django makes it for somebody who was sent no link by this release, so that those of the release before work on.
        return f"{super()._make_hash_value(user, timestamp)}{user.password_links or ''}"


tokens = _Tokens()


def address_for(user: User) -> str:
    """Return a new link of `user`, to be mailed to nobody else. Those made before end."""
    end_links(user)
    key = urlsafe_base64_encode(force_bytes(user.pk))
    # Not reversed: a worker on the visitors' server has no staff addresses.
    return f"{settings.STAFF_URL}/admin/password/{key}/{tokens.make_token(user)}/"


def end_links(user: User) -> None:
    """Let no link work that `user` was sent."""
    User.objects.filter(pk=user.pk).update(password_links=F("password_links") + 1)
    user.refresh_from_db(fields=["password_links"])


def may_get_one(user: User) -> bool:
    """Return whether `user` could sign in after choosing a password, and has an address to mail a link to."""
    return bool(user.is_active and user.is_staff and user.email)


def invite(user: User, *, by: User | str = "system") -> bool:
    """Mail a new colleague the link; return whether the mail server took it. An error is logged without the address."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        return _send(
            user,
            by,
            _("Your account"),
            _invited(by),
            _("Then sign in as %(username)s.") % {"username": user.username},
        )


def _invited(by: User | str) -> str:
    """Return the first sentence of an invitation, which says whom to ask whether it is meant."""
    if isinstance(by, User):
        facts = {"name": by.shown_name, "site": settings.SITE_NAME}
        return _("%(name)s invites you to the staff pages of %(site)s. Choose a password here:") % facts
    return _("You have an account for the staff pages. Choose a password here:")


def ask(request: HttpRequest, email: str, now: dt.datetime) -> bool:
    """Mail the link to whoever works here with this address. Return False only when this network asked too often.

    The mail is sent after the answer, by a thread, so that neither the words nor the time tell whether there is such an account.
    """
    window = Window.at(now, MINUTES)
    if _count("password link asked", window, addresses.block(request)) > ASKED:
        return False
    if _count("password link sent", window, email.strip().casefold()) > SENT:
        return True
    for user in User.objects.filter(email__iexact=email.strip(), is_active=True, is_staff=True):
        Thread(target=_forgotten, args=(user,), daemon=True).start()
    return True


def _count(what: str, window: Window, whose: str) -> int:
    [count] = rate_limits.add(SignInTries, [rate_limits.key(what, window.number, whose)], window.ends)
    return count


def _forgotten(user: User) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        _send(
            user,
            "anybody",
            _("Choose a new password"),
            _("Somebody asked for a new password for the staff pages. Choose it here:"),
            _("You sign in as %(username)s.") % {"username": user.username},
            _("If it was not you, do nothing: your password stays as it is."),
        )


def _send(user: User, by: User | str, subject: str, opening: str, *more: str) -> bool:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    limit = ngettext("The link works once, for %(n)d hour.", "The link works once, for %(n)d hours.", hours) % {"n": hours}
    body = "\n\n".join([f"{opening}\n{address_for(user)}", limit, *more, _("Please do not answer this e-mail. Nobody reads the answers.")])
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body + "\n", settings.DEFAULT_FROM_EMAIL, [user.email], headers=headers).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.error("A link to choose a password could not be mailed: %s", type(error).__name__)
        return False
    audit.record("password_link_sent", by=by, user=user.pk)
    return True
