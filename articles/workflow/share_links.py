"""Links by which a reviewer without an account reads a draft, for some days."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions
from articles.models import Guide, ShareLink
from recovery_site.verbs import Refused

DAYS = 7
LONGEST_DAYS = 30


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(guide: Guide, *, by: User, made_for: str = "", days: int = DAYS, now: dt.datetime | None = None) -> tuple[ShareLink, str]:
    """Return a new link to `guide`'s working copy and its secret, which is shown once and not stored.

    Raises NotAllowed, or Refused when `days` isn't 1 to 30.
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
    """Return the whole web address that a secret opens. Written by hand: the staff server has no visitors' addresses."""
    return f"{settings.SITE_URL}/preview/{token}/"


@transaction.atomic
def withdraw(link: ShareLink, *, by: User) -> ShareLink:
    """Make a link useless from now on."""
    permissions.require(permissions.may_edit(by))
    link = ShareLink.objects.select_for_update().get(pk=link.pk)
    if link.withdrawn_at is None:
        link.withdrawn_at = timezone.now()
        link.save(update_fields=["withdrawn_at"])
    return link


def open_link(token: str, *, now: dt.datetime | None = None) -> ShareLink | None:
    """Return the link that `token` opens; None when there is none, or it expired or was withdrawn."""
    valid = ShareLink.objects.filter(token_digest=_digest(token), expires_at__gt=now or timezone.now(), withdrawn_at=None)
    return valid.select_related("guide__live_edition").first()


def forget_old(now: dt.datetime) -> dict[str, int]:
    """Delete links that opened nothing for a month; return how many."""
    deleted, _per_model = ShareLink.objects.filter(expires_at__lt=now - dt.timedelta(days=30)).delete()
    return {"share_links_forgotten": deleted}
