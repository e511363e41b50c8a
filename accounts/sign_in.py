"""Sign-in with rate limits that stop password guessing but never lock an account's owner out.

Three counts, none of which keeps a name or an address (accounts.models.SignInTries):
- of one account from one address block: PAIR tries, then nothing until the window of minutes ends;
- of one address block, whatever the account: BLOCK tries;
- of one account from all blocks together: ACCOUNT tries. From a block that this account signed in from before, the
  account's own count doesn't matter: who guesses from elsewhere keeps only elsewhere out.
"""

import datetime as dt
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import SignInTries
from recovery_site import addresses, rate_limits
from recovery_site.rate_limits import Window

MINUTES = 15
PAIR, BLOCK, ACCOUNT = 5, 30, 50
KNOWN_FOR = dt.timedelta(days=60)  # how long an address block stays known after a sign-in


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
    address_block, window = addresses.block(request), Window.at(now, MINUTES)
    pair, block, account = _keys(name, address_block, window)
    with transaction.atomic():
        if _add(block, window) > BLOCK or _add(pair, window) > PAIR:
            return False
        return _add(account, window) <= ACCOUNT or SignInTries.objects.filter(key=_known(name, address_block), expires_at__gt=now).exists()


def succeeded(request: HttpRequest, name: str, now: dt.datetime) -> None:
    """Forget the tries of somebody who knew the password, and remember that they sign in from here."""
    address_block = addresses.block(request)
    pair, block, account = _keys(name, address_block, Window.at(now, MINUTES))
    with transaction.atomic():
        SignInTries.objects.filter(key=pair).delete()
        SignInTries.objects.filter(key__in=(block, account), count__gt=0).update(count=F("count") - 1)
        SignInTries.objects.update_or_create(key=_known(name, address_block), defaults={"expires_at": now + KNOWN_FOR})


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Remove the counts whose time has ended (housekeeping); return their number."""
    return {"sign_in_tries_forgotten": rate_limits.forget_expired(SignInTries, now)}


def _add(key: bytes, window: Window) -> int:
    [count] = rate_limits.add(SignInTries, [key], window.ends)
    return count


def _keys(name: str, address_block: str, window: Window) -> tuple[bytes, bytes, bytes]:
    return (
        rate_limits.key("sign-in pair", window.number, address_block, _folded(name)),
        rate_limits.key("sign-in block", window.number, address_block),
        rate_limits.key("sign-in account", window.number, _folded(name)),
    )


def _known(name: str, address_block: str) -> bytes:
    return rate_limits.key("sign-in known", address_block, _folded(name))


def _folded(name: str) -> str:
    return name.strip().casefold()
