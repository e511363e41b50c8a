"""The link in a message of an alarm by which one person says "I have it" without signing in.

A link shows nothing and opens nothing: whoever gets hold of it can silence one alarm, once. It is made when the message is sent, so a
message that is sent again has another one.
"""

import datetime as dt
import hashlib
import secrets
from contextlib import AbstractContextManager

from django.conf import settings

from accounts.models import User
from intake.models import Alarm, AlarmLink, Inquiry
from recovery_site.database import roles, tokens

LIFE = dt.timedelta(hours=12)
TOKEN_BYTES = 16  # as long as a text message has room for; 128 random bits can't be guessed


def issue(inquiry: Inquiry, user: User, now: dt.datetime) -> str:
    """Return the address of a new link for `user`; empty when the case has no open alarm (any more). Two queries."""
    alarm = Alarm.objects.filter(inquiry=inquiry, acknowledged_at=None).first()
    if alarm is None:
        return ""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    AlarmLink.objects.create(token_hash=_hash(token), alarm=alarm, user=user, expires_at=now + LIFE)
    # Not reversed: a worker on the staff server has no visitors' addresses. A phone may reach only the visitors' server.
    return f"{settings.SITE_URL}/alarm/{token}/"


def find(token: str, now: dt.datetime) -> AlarmLink | None:
    """Return the link of `token` with its alarm; None when it is unknown or expired, or the person has left or stepped back."""
    link = AlarmLink.objects.select_related("alarm__inquiry").filter(token_hash=_hash(token), expires_at__gt=now).first()
    return link if link is not None and _counts(link) else None


def _counts(link: AlarmLink) -> bool:
    if roles.is_restricted():
        return roles.answer("alarm_link_counts")
    works = User.objects.filter(pk=link.user_id, is_active=True, is_staff=True)
    return works.exclude(recusals__inquiry=link.alarm.inquiry_id).exists()


def brought(token: str) -> AbstractContextManager[None]:
    """Open the case of the link to the queries inside, on the visitors' half."""
    return tokens.brought(_hash(token))


def forget_expired(now: dt.datetime) -> dict[str, int]:
    """Delete links that have expired (housekeeping); return their number."""
    deleted, _by_model = AlarmLink.objects.filter(expires_at__lte=now).delete()
    return {"alarm_links_removed": deleted}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
