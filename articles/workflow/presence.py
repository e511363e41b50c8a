"""Who has a guide open right now."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from articles.models import Guide, Presence

FRESH = dt.timedelta(seconds=30)  # three beats of static/js/guide-presence.js


def arrive(guide: Guide, person: User, *, now: dt.datetime | None = None) -> list[str]:
    """Note that `person` has `guide` open, and return the names of the others who have, in alphabetical order."""
    now = now or timezone.now()
    Presence.objects.update_or_create(guide=guide, person=person, defaults={"seen_at": now})
    others = Presence.objects.filter(guide=guide, seen_at__gt=now - FRESH).exclude(person=person).select_related("person")
    return sorted(presence.person.shown_name for presence in others)


def leave(guide: Guide, person: User) -> None:
    """Note that `person` closed `guide`."""
    Presence.objects.filter(guide=guide, person=person).delete()


def forget_old(now: dt.datetime) -> int:
    """Delete what is no longer shown; return how many rows."""
    return Presence.objects.filter(seen_at__lte=now - FRESH).delete()[0]
