"""Sign-in with rate limits that stop password guessing but never lock an account's owner out.

Counts in windows of MINUTES, none of which keeps a name or an address (accounts.models.SignInTries). After a sign-in the browser (by a
cookie that says nothing but "the same browser") and the address block are known for this account for KNOWN_FOR:
- of one account from a known browser: EACH tries of its own. Nobody else has the cookie, so no guess of others counts here;
- of one account from a known block: EACH tries, whatever else happens in that block or to that account;
- otherwise: EACH tries of one account from one block, BLOCK tries from one block whatever the account, and ACCOUNT tries of one account
  from all such places together.
"""

import datetime as dt
import re
import secrets
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import SignInTries, User
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window
from recovery_site.staff import audit

MINUTES = 15
EACH, BLOCK, ACCOUNT = 5, 30, 20
FAILURES_OF_NOBODY = 20  # recorded in one window; a flood of made-up names must not fill the record
KNOWN_FOR = dt.timedelta(days=60)
_BROWSER = re.compile(r"[0-9a-f]{32}")


class SignInForm(AdminAuthenticationForm):
    """The admin's sign-in form, which refuses further attempts after too many failures."""

    def clean(self) -> dict[str, Any]:
        name, request = self.cleaned_data.get("username"), self.request
        if not name or not self.cleaned_data.get("password") or request is None:
            return super().clean()
        now = timezone.now()
        # Count before checking the password, so that guesses sent in parallel are all counted.
        if not may_try(request, name, now):
            raise ValidationError(
                _("Too many tries. Wait %(minutes)d minutes, then try again. If you forgot your password, ask for a link below.")
                % {"minutes": MINUTES},
                code="too_many_tries",
            )
        cleaned = super().clean()
        succeeded(request, name, now)
        return cleaned


def may_try(request: HttpRequest, name: str, now: dt.datetime) -> bool:
    """Count one try to sign in as `name`; return whether the password may be looked at."""
    window = Window.at(now, MINUTES)
    browser, block = _browser(request), addresses.block(request)
    known = _known_of(name, browser, block, now)
    with transaction.atomic():
        allowed = _known(name, browser) in known and _add(_key("browser", window, browser, name), window) <= EACH
        if not allowed:
            pair = _key("pair", window, block, name)
            if _known(name, block) in known:
                allowed = _add(pair, window) <= EACH
            else:
                allowed = (
                    _add(_key("block", window, block), window) <= BLOCK
                    and _add(pair, window) <= EACH
                    and _add(_key("account", window, name), window) <= ACCOUNT
                )
    if not allowed and _add(_key("refused", window, name), window) == 1:
        record_failure(name, now, why="too_many_tries")
    return allowed


def succeeded(request: HttpRequest, name: str, now: dt.datetime) -> None:
    """Take back the tries of somebody who knew the password."""
    window = Window.at(now, MINUTES)
    browser, block = _browser(request), addresses.block(request)
    with transaction.atomic():
        SignInTries.objects.filter(key__in=[_key("browser", window, browser, name), _key("pair", window, block, name)]).delete()
        if not _known_of(name, browser, block, now):
            counted = [_key("block", window, block), _key("account", window, name)]
            SignInTries.objects.filter(key__in=counted, count__gt=0).update(count=F("count") - 1)


def remember_place(request: HttpRequest, user: User, now: dt.datetime) -> bool:
    """Remember from where `user` signed in. Return whether the block is new to us, though they have signed in before."""
    name, block = user.get_username(), addresses.block(request)
    is_new = user.last_login is not None and block != "unknown" and _known(name, block) not in _known_of(name, "", block, now)
    browser = _browser(request) or secrets.token_hex(16)
    for place in (browser, block):
        SignInTries.objects.update_or_create(key=_known(name, place), defaults={"expires_at": now + KNOWN_FOR})
    request.browser_to_mark = browser  # type: ignore[attr-defined]
    return is_new


def mark_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie by which a browser is known again, after somebody signed in with it."""
    browser = getattr(request, "browser_to_mark", "")
    if browser:
        response.set_cookie(
            settings.KNOWN_BROWSER_COOKIE_NAME,
            browser,
            max_age=KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Strict",
        )


def record_failure(name: str, now: dt.datetime, **why: Any) -> None:
    """Record a failed sign-in: whose account it was if there is such an account, and never the name that was typed."""
    user_id = User.objects.filter(username__iexact=name.strip()).values_list("pk", flat=True).first()
    if user_id is None:
        window = Window.at(now, MINUTES)
        if _add(_key("failures of nobody", window), window) <= FAILURES_OF_NOBODY:
            audit.record("sign_in_failed", by="anybody", **why)
    else:
        audit.record("sign_in_failed", by="anybody", user=user_id, **why)


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Remove the counts whose time has ended (housekeeping); return their number."""
    return {"sign_in_tries_forgotten": rate_limits.forget_expired(SignInTries, now)}


def _browser(request: HttpRequest) -> str:
    """Return what the browser's cookie says, or "" for a browser without one."""
    value = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    return value if _BROWSER.fullmatch(value) else ""


def _add(key: bytes, window: Window) -> int:
    [count] = rate_limits.add(SignInTries, [key], window.ends)
    return count


def _key(what: str, window: Window, *whose: str) -> bytes:
    return rate_limits.key(f"sign-in {what}", window.number, *map(_folded, whose))


def _known(name: str, place: str) -> bytes:
    """Return the key of the row that says that `name` signed in from a place: an address block or a browser."""
    return rate_limits.key("sign-in known", place, _folded(name))


def _known_of(name: str, browser: str, block: str, now: dt.datetime) -> set[bytes]:
    """Return the keys of those of the two places that are known for the account."""
    keys = [_known(name, place) for place in (browser, block) if place]
    return {bytes(key) for key in SignInTries.objects.filter(key__in=keys, expires_at__gt=now).values_list("key", flat=True)}


def _folded(name: str) -> str:
    return name.strip().casefold()
