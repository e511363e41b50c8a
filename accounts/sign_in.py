"""Sign-in with rate limits that stop password guessing but never lock an account's owner out.

There are three limits for each window of MINUTES. None of them stores a name or an address (accounts.models.SignInTries):
- PAIR attempts for one account from one address block;
- BLOCK attempts from one address block, for any account;
- ACCOUNT attempts for one account from all address blocks. This limit doesn't apply to blocks that the account has
  signed in from before: failed attempts from unknown networks never lock out a known one.
"""

import datetime as dt
import hmac
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import SignInTries
from recovery_site import addresses
from recovery_site.counts import one_more

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
                _("Too many tries. Wait %(minutes)d minutes, then try again. If you forgot your password, ask who runs the site.")
                % {"minutes": MINUTES},
                code="too_many_tries",
            )
        cleaned = super().clean()
        succeeded(request, name, now)
        return cleaned


def may_try(request: HttpRequest, name: str, now: dt.datetime) -> bool:
    """Count one attempt to sign in as `name`. Return whether the password may be checked."""
    address_block = addresses.block(request)
    pair, block, account = _keys(name, address_block, now)
    ends = dt.datetime.fromtimestamp((_window(now) + 1) * MINUTES * 60, dt.UTC)
    with transaction.atomic():
        if one_more(SignInTries, block, ends) > BLOCK or one_more(SignInTries, pair, ends) > PAIR:
            return False
        return (
            one_more(SignInTries, account, ends) <= ACCOUNT
            or SignInTries.objects.filter(key=_known(name, address_block), expires_at__gt=now).exists()
        )


def succeeded(request: HttpRequest, name: str, now: dt.datetime) -> None:
    """Take back the attempt just counted and mark this address block as known for the account."""
    address_block = addresses.block(request)
    pair, block, account = _keys(name, address_block, now)
    with transaction.atomic():
        SignInTries.objects.filter(key=pair).delete()
        SignInTries.objects.filter(key__in=(block, account), count__gt=0).update(count=F("count") - 1)
        SignInTries.objects.update_or_create(key=_known(name, address_block), defaults={"expires_at": now + KNOWN_FOR})


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Delete expired counts. Return how many."""
    deleted, _per_model = SignInTries.objects.filter(expires_at__lte=now - dt.timedelta(minutes=1)).delete()
    return {"sign_in_tries_forgotten": deleted}


def _keys(name: str, address_block: str, now: dt.datetime) -> tuple[bytes, bytes, bytes]:
    window = _window(now)
    return (
        _key(f"pair {window} {address_block} {_folded(name)}"),
        _key(f"block {window} {address_block}"),
        _key(f"account {window} {_folded(name)}"),
    )


def _known(name: str, address_block: str) -> bytes:
    return _key(f"known {address_block} {_folded(name)}")


def _folded(name: str) -> str:
    return name.strip().casefold()


def _window(now: dt.datetime) -> int:
    """The number of the window of MINUTES that `now` is in."""
    return int(now.timestamp()) // (MINUTES * 60)


def _key(text: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"recovery-site sign-in v1 {text}".encode(), "sha256")[:16]
