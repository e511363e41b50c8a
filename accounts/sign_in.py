"""Signing in: passwords can't be guessed by trying a lot, and nobody can lock a colleague out by trying.

Three counts, none of which keeps a name or an address (accounts.models.SignInTries):
- of one account from one address block: PAIR tries, then nothing until the stretch of minutes ends;
- of one address block, whatever the account: BLOCK tries;
- of one account from all blocks together: ACCOUNT tries. From a block that this account signed in from before, the
  account's own count doesn't matter: who guesses from elsewhere keeps only elsewhere out.
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
KNOWN_FOR = dt.timedelta(days=60)  # a block that somebody signed in from


class SignInForm(AdminAuthenticationForm):
    """Django's form for staff, which asks no password of somebody who tried too often."""

    def clean(self) -> dict[str, Any]:
        name, request = self.cleaned_data.get("username"), self.request
        if not name or not self.cleaned_data.get("password") or request is None:
            return super().clean()
        now = timezone.now()
        # Counted before the password is looked at: of many guesses sent at once none may slip through.
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
    """Count one try to sign in as `name`; return whether the password may be looked at."""
    place = addresses.block(request)
    pair, block, account = _keys(name, place, now)
    ends = dt.datetime.fromtimestamp((_stretch(now) + 1) * MINUTES * 60, dt.UTC)
    with transaction.atomic():
        if one_more(SignInTries, block, ends) > BLOCK or one_more(SignInTries, pair, ends) > PAIR:
            return False
        return (
            one_more(SignInTries, account, ends) <= ACCOUNT
            or SignInTries.objects.filter(key=_known(name, place), expires_at__gt=now).exists()
        )


def succeeded(request: HttpRequest, name: str, now: dt.datetime) -> None:
    """Forget the tries of somebody who knew the password, and remember that they sign in from here."""
    place = addresses.block(request)
    pair, block, account = _keys(name, place, now)
    with transaction.atomic():
        SignInTries.objects.filter(key=pair).delete()
        SignInTries.objects.filter(key__in=(block, account), count__gt=0).update(count=F("count") - 1)
        SignInTries.objects.update_or_create(key=_known(name, place), defaults={"expires_at": now + KNOWN_FOR})


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Remove the counts whose time has ended (housekeeping); return their number."""
    deleted, _per_model = SignInTries.objects.filter(expires_at__lte=now - dt.timedelta(minutes=1)).delete()
    return {"sign_in_tries_forgotten": deleted}


def _keys(name: str, place: str, now: dt.datetime) -> tuple[bytes, bytes, bytes]:
    stretch = _stretch(now)
    return _key(f"pair {stretch} {place} {_folded(name)}"), _key(f"block {stretch} {place}"), _key(f"account {stretch} {_folded(name)}")


def _known(name: str, place: str) -> bytes:
    return _key(f"known {place} {_folded(name)}")


def _folded(name: str) -> str:
    return name.strip().casefold()


def _stretch(now: dt.datetime) -> int:
    return int(now.timestamp()) // (MINUTES * 60)


def _key(text: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"recovery-site sign-in v1 {text}".encode(), "sha256")[:16]
