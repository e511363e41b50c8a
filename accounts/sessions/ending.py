"""Somebody's sessions: which there are, and ending them."""

import datetime as dt

from django.conf import settings
from django.contrib.sessions.models import Session as DjangoSession
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Session, User
from accounts.sessions.store import USED_TO
from recovery_site.staff import audit

LONGEST = dt.timedelta(hours=12)  # from signing in to the end of a session, however much it is used


def open_sessions(user: User, now: dt.datetime) -> QuerySet[Session]:
    """Return the sessions of `user` that have not ended, the newest first."""
    idle = dt.timedelta(minutes=settings.STAFF_IDLE_MINUTES, seconds=USED_TO)
    return Session.objects.filter(user=user, signed_in_at__gt=now - LONGEST, used_at__gt=now - idle).order_by("-signed_in_at")


def end_all(user: User, *, by: User | str, keep: str = "", why: str = "ended") -> int:
    """End the sessions of `user`, except the one with the digest `keep`, and record it. Return how many there were.

    Call it in the transaction of what is the reason, such as a change of role.
    """
    return _end(user, Session.objects.filter(user=user).exclude(session_key=keep), by, why)


def end_one(user: User, digest: str, *, by: User) -> int:
    """End one session of `user` and record it. Return 0 if there is none with that digest."""
    return _end(user, Session.objects.filter(user=user, session_key=digest), by, "ended")


def _end(user: User, sessions: QuerySet[Session], by: User | str, why: str) -> int:
    with transaction.atomic():
        ended, _by_model = sessions.delete()
        if ended:
            audit.record("session_ended", by=by, user=user.pk, count=ended, why=why)
    return ended


def forget_ended(now: dt.datetime) -> dict[str, int]:
    """Remove the rows of sessions that have ended, and all of Django's own table, which releases before 0.2 used (housekeeping)."""
    ended, _by_model = Session.objects.filter(expire_date__lte=now).delete()
    older, _by_model = DjangoSession.objects.all().delete()
    return {"sessions_forgotten": ended + older}
