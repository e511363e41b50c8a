"""Share links, which let a reviewer without an account read a draft for some days."""

import datetime as dt
import hashlib
import secrets
from contextlib import AbstractContextManager

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import leaving
from accounts.models import User
from articles import permissions
from articles.models import Guide, ShareLink
from recovery_site.database import tokens
from recovery_site.verbs import Refused

DAYS = 7
LONGEST_DAYS = 30


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(guide: Guide, *, by: User, made_for: str = "", days: int = DAYS, now: dt.datetime | None = None) -> tuple[ShareLink, str]:
    """Create a link to the working copy of `guide`. Return it with its token, which isn't stored.

    Raises NotAllowed, or Refused if `days` isn't between 1 and LONGEST_DAYS.
    """
    permissions.require(permissions.may_edit(by))
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A link can last 1 to %(days)s days.") % {"days": LONGEST_DAYS})
    token = secrets.token_urlsafe(24)
    expires_at = (now or timezone.now()) + dt.timedelta(days=days)
    link = ShareLink.objects.create(
        guide=guide, token_digest=_digest(token), made_for=made_for.strip()[:120], made_by=by, expires_at=expires_at
    )
    return link, token


def address_of(token: str) -> str:
    """Return the URL for a token. Doesn't use reverse(), because a staff server has no visitor URLs."""
    return f"{settings.SITE_URL}/preview/{token}/"


@transaction.atomic
def withdraw(link: ShareLink, *, by: User) -> ShareLink:
    """Withdraw a link. Raises NotAllowed."""
    permissions.require(permissions.may_edit(by))
    link = ShareLink.objects.select_for_update().get(pk=link.pk)
    if link.withdrawn_at is None:
        link.withdrawn_at = timezone.now()
        link.save(update_fields=["withdrawn_at"])
    return link


def brought(token: str) -> AbstractContextManager[None]:
    """Open the draft of the link to the queries inside, on the visitors' half."""
    return tokens.brought(bytes.fromhex(_digest(token)))


def open_link(token: str, *, now: dt.datetime | None = None) -> ShareLink | None:
    """Return the link for `token`, or None if it doesn't exist, has expired or was withdrawn."""
    valid = ShareLink.objects.filter(token_digest=_digest(token), expires_at__gt=now or timezone.now(), withdrawn_at=None)
    return valid.select_related("guide__live_edition").first()


def end_those_of_former_editors() -> int:
    """Withdraw the links of people who may no longer write guides. Return how many."""
    now = timezone.now()
    open_links = ShareLink.objects.filter(withdrawn_at=None, expires_at__gt=now).select_related("made_by")
    former = [link.pk for link in open_links if link.made_by is None or not permissions.may_edit(link.made_by)]
    ended: int = ShareLink.objects.filter(pk__in=former).update(withdrawn_at=now)
    return ended


leaving.afterwards(end_those_of_former_editors)


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Delete links that expired a month ago. Return how many."""
    deleted, _per_model = ShareLink.objects.filter(expires_at__lt=now - dt.timedelta(days=30)).delete()
    return {"share_links_forgotten": deleted}
