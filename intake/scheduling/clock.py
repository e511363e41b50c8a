"""Whether the clock of this server can be believed. What can't be taken back waits until it can: erasing, publishing, ending what
people may still object to.

Housekeeping runs each minute and stores the last moment that it believed. A clock that is far from it has jumped, or the site was off
for days; only a person knows which. No clock of another host is asked.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake.models import Event, Heartbeat, Membership
from recovery_site.staff import audit
from recovery_site.verbs import NotAllowed

Part = Heartbeat.Part
# How much the clocks of two servers may differ while both are right enough: what one wrote holds for the other.
SKEW = dt.timedelta(minutes=5)
# What lies further in the future was written by a wrong clock.
CLOCKS_DIFFER = dt.timedelta(hours=1)
# A site that was off for longer, or whose clock jumped ahead by more, waits for a person.
LONGEST_PAUSE = dt.timedelta(days=3)
# The same since the last event, where no moment was ever stored.
LONGEST_QUIET = dt.timedelta(days=30)
# How often the moment is stored.
STORED_EVERY = dt.timedelta(minutes=10)


def jumped(now: dt.datetime) -> bool:
    """Return whether `now` can't be believed: it lies too far from the last moment that was (or the newest event). Up to two queries.

    Where a moment was believed, events prove nothing: those of the future were written while the clock was wrong, or by another server.
    """
    seen = last_believed()
    if seen is not None:
        return not -CLOCKS_DIFFER <= now - seen <= LONGEST_PAUSE
    newest = _newest_event()
    return newest is not None and not -CLOCKS_DIFFER <= now - newest <= LONGEST_QUIET


def is_right(now: dt.datetime) -> bool:
    """Return whether `now` can be believed, and store it if so. Two queries; up to four on a new site.

    Jobs that are registered with `needs_clock` are run by it (settings.CLOCK, recovery_site.periodic).
    """
    if jumped(now):
        return False
    _believe(now)
    return True


def jumped_between(one: dt.datetime, other: dt.datetime, *, within: dt.timedelta) -> bool:
    """Return whether the clock jumped between two of its readings, so that nobody knows how much time lies between them. One query.

    That is so if the later one can't be believed, and the earlier one is at most `within` before the last moment that was.
    """
    seen = last_believed()
    return seen is not None and max(one, other) > seen + LONGEST_PAUSE and min(one, other) >= seen - within


def last_believed() -> dt.datetime | None:
    """Return the last moment that was believed, or None on a new site."""
    return Heartbeat.objects.filter(part=Part.CLOCK).values_list("at", flat=True).first()


def last_known() -> dt.datetime | None:
    """Return the last moment that was believed, or else that of the newest event. Up to two queries."""
    return last_believed() or _newest_event()


@transaction.atomic
def confirm(now: dt.datetime, *, by: User) -> None:
    """Let `now` be right, because `by` looked at a clock: what waited for that goes on at the next run of housekeeping.

    It is recorded. The record is also the newest event, so those that a wrong clock wrote count no longer. Raises NotAllowed unless
    `by` runs the site or leads a center.
    """
    if not (by.is_active and by.is_staff and (by.is_superuser or _leads(by))):
        raise NotAllowed(_("Only the operator or a lead can say that the clock is right."))
    audit.record(Event.Kind.SETTINGS_CHANGED, by=by, what="clock", why="confirmed")
    _believe(now, at_once=True)


def _leads(user: User) -> bool:
    return Membership.objects.filter(user=user, role=Membership.Role.LEAD).exists()


def _newest_event() -> dt.datetime | None:
    return Event.objects.order_by("-id").values_list("at", flat=True).first()


def _believe(now: dt.datetime, *, at_once: bool = False) -> None:
    row = Heartbeat.objects.filter(part=Part.CLOCK)
    seen = row.values_list("at", flat=True).first()
    if seen is None:
        Heartbeat.objects.bulk_create([Heartbeat(part=Part.CLOCK, at=now)], ignore_conflicts=True)
    elif at_once or abs(now - seen) >= STORED_EVERY:
        row.update(at=now)
