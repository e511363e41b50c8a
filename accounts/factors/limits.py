"""How often somebody may try to prove who they are: by codes, and by their password in a session that is open.

Counted by account, in accounts.models.SignInTries under a keyed hash, and never by address. These forms are met only by who knows the
password or sits at an open session, so a stranger can't use the limit to lock a colleague out; a passkey is never counted.
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.factors import notices
from accounts.models import SignInTries, User
from recovery_site import rate_limits
from recovery_site.rate_limits import Window
from recovery_site.staff import audit

MINUTES, MOST = 15, 10


def may_try(user: User, now: dt.datetime) -> bool:
    """Count one try of `user`; return whether it may be looked at. Call it before checking, so that parallel guesses are counted."""
    window = Window.at(now, MINUTES)
    [count] = rate_limits.add(SignInTries, [_key(user, window)], window.ends)
    return count <= MOST


def succeeded(user: User, now: dt.datetime) -> None:
    """Forget the tries of somebody who got it right."""
    SignInTries.objects.filter(key=_key(user, Window.at(now, MINUTES))).delete()


def failed(user: User) -> None:
    """Record that a password or code was wrong of somebody who is signed in and confirms who they are."""
    audit.record("sign_in_failed", by=user, user=user.pk, why="confirming")


def failed_second_step(user: User) -> None:
    """Record that somebody knew the password of `user` and wrote a wrong code; nobody knows yet who it is."""
    audit.record("sign_in_failed", by="anybody", user=user.pk, why="code")


def refused_second_step(user: User, now: dt.datetime) -> None:
    """Tell `user`, once in each window, that somebody who knows their password is guessing codes."""
    window = Window.at(now, MINUTES)
    [count] = rate_limits.add(SignInTries, [rate_limits.key("guessed code", window.number, user.pk)], window.ends)
    if count == 1:
        notices.guessed(user)


def _key(user: User, window: Window) -> bytes:
    return rate_limits.key("proof of account", window.number, user.pk)


def wait() -> str:
    return _("Too many tries. Wait %(minutes)d minutes, then try again.") % {"minutes": MINUTES}
