"""Who else has a page open now. Shown, never a lock.

The subject's model has presences: rows of `user` and `seen_at` under the related name `presences`.
"""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

GONE_AFTER = dt.timedelta(seconds=30)  # three beats of static/js/presence.js


def arrive(presences: Any, user: AbstractBaseUser, now: dt.datetime) -> list[Any]:
    """Record that `user` has the page open at `now`; return the others who have, by name.

    `presences` is the related manager of the subject.
    """
    presences.update_or_create(user=user, defaults={"seen_at": now})
    others = presences.filter(seen_at__gt=now - GONE_AFTER).exclude(user=user).select_related("user")
    return sorted((presence.user for presence in others), key=str)


def leave(presences: Any, user: AbstractBaseUser) -> None:
    """Record that `user` closed the page."""
    presences.filter(user=user).delete()


def forget_old(presences: Any, now: dt.datetime) -> dict[str, int]:
    """Delete what is no longer shown; return how many rows."""
    deleted, _per_model = presences.filter(seen_at__lte=now - GONE_AFTER).delete()
    return {"presences_forgotten": deleted}
