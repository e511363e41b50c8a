"""Who else has a case open now. Shown, never a lock."""

from datetime import datetime, timedelta

from accounts.models import User
from intake.models import Inquiry, Presence

# A browser says every ten seconds that the page is still open.
GONE_AFTER = timedelta(seconds=25)


def seen(inquiry: Inquiry, user: User, now: datetime) -> None:
    """Note that `user` has the case open at `now`."""
    Presence.objects.update_or_create(inquiry=inquiry, user=user, defaults={"seen_at": now})


def others(inquiry: Inquiry, user: User, now: datetime) -> list[User]:
    """Return who else had the case open within GONE_AFTER before `now`, by name."""
    fresh = Presence.objects.filter(inquiry=inquiry, seen_at__gt=now - GONE_AFTER).exclude(user=user).select_related("user")
    return sorted((presence.user for presence in fresh), key=lambda person: person.shown_name)


def forget_old(now: datetime) -> dict[str, int]:
    """Remove what no longer tells anything (housekeeping); return the count."""
    deleted, _per_model = Presence.objects.filter(seen_at__lt=now - GONE_AFTER).delete()
    return {"presences_forgotten": deleted}
