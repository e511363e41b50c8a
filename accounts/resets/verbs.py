"""Resets the second factors of a colleague, and lets them start again by a one-time link.

A reset takes away what the thief of a phone could use, ends the person's sessions, and shuts the account: the password alone signs nobody
in until the link was opened, which is mailed to the person and seen by nobody else. From then on they have START_AGAIN to add a factor.
"""

import datetime as dt

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.factors import held, notices
from accounts.models import User
from accounts.sessions import end_all
from recovery_site.staff import audit
from recovery_site.verbs import NotAllowed, Refused

START_AGAIN = dt.timedelta(days=1)


class _Tokens(PasswordResetTokenGenerator):
    """Tokens that end when they are used, at the next reset, and after PASSWORD_RESET_TIMEOUT."""

    key_salt = "accounts.resets"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{user.pk} {user.factors_reset_at and user.factors_reset_at.timestamp()} {timestamp}"


tokens = _Tokens()


def may_reset(by: User, user: User) -> bool:
    """Return whether `by` may reset the factors of `user`: operators everybody's but their own, leads those of their centres' members."""
    if by.pk == user.pk:
        return False
    return by.is_superuser or (not user.is_superuser and import_string(settings.LEADS_PERSON)(by, user))


@transaction.atomic
def reset(user: User, *, by: User | str, now: dt.datetime) -> str:
    """Remove all second factors of `user`, end their sessions, and mail them the link. Return it, for an operator in a shell.

    `by` is the lead or operator, or "operator" for a command. Raises NotAllowed, or Refused when there is nothing to reset or no address
    to mail the link to.
    """
    if isinstance(by, User):
        if not may_reset(by, user):
            raise NotAllowed(_("Only a lead of their center or the operator can do this, and nobody for themselves."))
        if not user.email:
            raise Refused(_("They have no e-mail address, so no link can be sent. The operator can make one: manage.py reset_factors."))
    kinds = list(held.factors(user).values_list("type", flat=True))
    if not kinds and user.factors_reset_at is None:
        raise Refused(_("They have no passkey and no app: their password is enough to sign in and add one."))
    held.of(user).delete()
    for kind in kinds:
        audit.record("factor_removed", by=by, user=user.pk, factor=held.WAYS[kind], why="lost")
    user.factors_reset_at = now
    user.save(update_fields=["factors_reset_at"])
    end_all(user, by=by, why="factors")
    link = f"{settings.STAFF_URL}/admin/sign-in/again/{urlsafe_base64_encode(force_bytes(user.pk))}/{tokens.make_token(user)}/"
    with translation.override(user.language or settings.LANGUAGE_CODE):
        notices.later(
            user,
            _("Start again with a new passkey"),
            _("Your passkeys, your authenticator app and your recovery codes were removed, because somebody said that you lost them."),
            _("Open this link, then sign in with your password and add a new passkey:") + f"\n{link}",
            _("The link works once. Without it your password signs nobody in."),
            _("If you lost nothing, don’t open it, and tell the lead of your center or the person who runs the site at once."),
        )
    return link


def start_again(user: User, now: dt.datetime) -> None:
    """Let `user`, who opened the link, sign in with the password alone and add a factor within START_AGAIN."""
    user.factors_reset_at, user.factor_due_at = None, now + START_AGAIN
    user.save(update_fields=["factors_reset_at", "factor_due_at"])
