"""The rota: who is on call in the coming days, where nobody is, and the steps by which leads plan it.

All days and clock times are those of the centre. A shift that ends at or before the time it starts at ends on the next day.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events, permissions
from intake.models import Centre, Event, Membership, OnCallShift, ShiftNote
from intake.notifications import recipients
from intake.scheduling.opening_hours import CentreHours
from recovery_site.staff import time_zones
from recovery_site.verbs import NotAllowed, Refused

DAYS_SHOWN = 14
LONGEST_PLAN = dt.timedelta(days=366)
WEEK = dt.timedelta(days=7)
Period = tuple[dt.datetime, dt.datetime]

_NOW = "on-call-now"
_KEPT_SECONDS = 60  # a change of the rota shows at once in this process, in others after so long


# --- Reading ----------------------------------------------------------------------------------------------------------


@dataclass
class Day:
    """A day of the rota: the shifts that begin on it (on the first day, also those that run), and the hours in which nobody is there."""

    day: dt.date
    shifts: list[OnCallShift] = field(default_factory=list)
    gaps: list[Period] = field(default_factory=list)


def days(centre: Centre, now: dt.datetime) -> list[Day]:
    """Return the coming DAYS_SHOWN days of `centre`, today first. Four queries."""
    zone = time_zones.zone(centre.time_zone)
    today, until = now.astimezone(zone).date(), now + DAYS_SHOWN * dt.timedelta(days=1)
    rows = {today + dt.timedelta(days=ahead): Day(today + dt.timedelta(days=ahead)) for ahead in range(DAYS_SHOWN)}
    shifts = list(_shifts(centre).filter(ends_at__gt=now, starts_at__lt=until).select_related("user", "centre"))
    for shift in shifts:
        day = max(shift.starts_at.astimezone(zone).date(), today)
        if day in rows:
            rows[day].shifts.append(shift)
    for gap in _gaps(centre, shifts, now, until):
        for start, end in _by_day(gap, zone):
            if start.date() in rows:
                rows[start.date()].gaps.append((start, end))
    return list(rows.values())


def gaps(centre: Centre, now: dt.datetime) -> list[Period]:
    """Return the periods of the coming days in which the centre is closed and nobody is on call who can be told."""
    until = now + DAYS_SHOWN * dt.timedelta(days=1)
    shifts = _shifts(centre).filter(ends_at__gt=now, starts_at__lt=until).select_related("user")
    return _gaps(centre, shifts, now, until)


def _gaps(centre: Centre, shifts: Iterable[OnCallShift], now: dt.datetime, until: dt.datetime) -> list[Period]:
    covered = [(shift.starts_at, shift.ends_at) for shift in shifts if shift.user.is_active and recipients.can_be_told(shift.user)]
    covered += CentreHours(centre).periods(now)
    found, reached = [], now
    for start, end in sorted(covered):
        if start >= until:
            break
        if start > reached:
            found.append((reached, start))
        reached = max(reached, end)
    return [*found, (reached, until)] if reached < until else found


def _by_day(period: Period, zone: dt.tzinfo) -> list[Period]:
    """Return `period` cut at the midnights of `zone`, in local times."""
    start, end = (moment.astimezone(zone) for moment in period)
    parts = []
    while start.date() < end.date():
        midnight = dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time(), zone)
        parts.append((start, midnight))
        start = midnight
    return [*parts, (start, end)] if start < end else parts


def _shifts(centre: Centre) -> QuerySet[OnCallShift]:
    return OnCallShift.objects.filter(Q(centre=None) | Q(centre=centre))


@dataclass(frozen=True)
class Now:
    """What the head of each staff page says of one centre: who is on call, and the latest note that nobody has acknowledged."""

    centre: str
    on_call: tuple[str, ...]
    note_by: int | None = None  # the author's id
    note_name: str = ""


def now_at(centres: Collection[int] | None, now: dt.datetime) -> dict[int, Now]:
    """Return {centre id: Now} of `centres`, None: of all. Three queries at most once a minute, else none."""
    everywhere: dict[int, Now] | None = cache.get(_NOW)
    if everywhere is None:
        everywhere = _now_everywhere(now)
        cache.set(_NOW, everywhere, _KEPT_SECONDS)
    return {key: value for key, value in everywhere.items() if centres is None or key in centres}


def _now_everywhere(now: dt.datetime) -> dict[int, Now]:
    shifts = OnCallShift.objects.filter(starts_at__lte=now, ends_at__gt=now, user__is_active=True).select_related("user")
    reachable = [(shift.centre_id, shift.user.shown_name) for shift in shifts if recipients.can_be_told(shift.user)]
    waiting = ShiftNote.objects.filter(acknowledged_at=None).order_by("written_at").select_related("author").defer("sealed", "wrapped")
    notes = {note.centre_id: note for note in waiting}
    found = {}
    for key, name in Centre.objects.values_list("pk", "name"):
        names = tuple(dict.fromkeys(person for centre, person in reachable if centre in (None, key)))
        note = notes.get(key)
        author = note.author if note else None
        found[key] = Now(name, names, note.author_id if note else None, author.shown_name if author else "")
    return found


def changed() -> None:
    """Forget what the head of the pages says. Call it after the rota or a note changed."""
    transaction.on_commit(lambda: cache.delete(_NOW))


# --- Planning ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan(  # noqa: PLR0913 (all named)
    *, by: User, centre: Centre, user: User, weekdays: Collection[int], starts: dt.time, ends: dt.time, first: dt.date, last: dt.date
) -> int:
    """Put `user` on call at `centre` on the `weekdays` (0 is Monday) from `first` to `last`; return the number of new shifts.

    A shift that is there already is not made twice. Raises NotAllowed, or Refused for days the wrong way round or too many.
    """
    _require(by, centre)
    if last < first:
        raise Refused(_("The last day is before the first."))
    if last - first > LONGEST_PLAN:
        raise Refused(_("Plan a year at most."))
    _refuse_unfit(centre, user)
    zone = time_zones.zone(centre.time_zone)
    made = 0
    for ahead in range((last - first).days + 1):
        day = first + dt.timedelta(days=ahead)
        if day.weekday() in weekdays:
            next_day = day + dt.timedelta(days=1 if ends <= starts else 0)
            made += _add(centre, user, _moment(day, starts, zone), _moment(next_day, ends, zone))
    if not made:
        raise Refused(_("There is no such day between the first and the last, or all these shifts are there already."))
    _record(by, centre, "added", shifts=made)
    changed()
    return made


@transaction.atomic
def copy_week(*, by: User, centre: Centre, day: dt.date, weeks: int) -> tuple[int, list[str]]:
    """Copy the shifts that begin in the week of `day` into the `weeks` weeks after it, at the same clock times.

    Return how many were made, and the names of those left out because they can't be on call any more. Raises NotAllowed, or Refused for
    a week without shifts.
    """
    _require(by, centre)
    zone = time_zones.zone(centre.time_zone)
    monday = day - dt.timedelta(days=day.weekday())
    begin, end = (_moment(start, dt.time(), zone) for start in (monday, monday + WEEK))
    shifts = list(centre.on_call_shifts.filter(starts_at__gte=begin, starts_at__lt=end).select_related("user"))
    if not shifts:
        raise Refused(_("There are no shifts in that week."))
    made, left_out = 0, dict[str, None]()
    for shift in shifts:
        if _unfit(centre, shift.user):
            left_out[shift.user.shown_name] = None
            continue
        starts, ends = (moment.astimezone(zone) for moment in (shift.starts_at, shift.ends_at))
        for week in range(1, weeks + 1):
            moments = [_moment(moment.date() + week * WEEK, moment.time(), zone) for moment in (starts, ends)]
            made += _add(centre, shift.user, *moments)
    _record(by, centre, "added", shifts=made)
    changed()
    return made, list(left_out)


@transaction.atomic
def swap(one: OnCallShift, other: OnCallShift, *, by: User) -> None:
    """Exchange the people of two shifts of one centre. Raises NotAllowed, or Refused when one of them could not take the other's."""
    locked = OnCallShift.objects.select_for_update(of=("self",)).select_related("centre", "user")
    first, second = (locked.get(pk=each.pk) for each in (one, other))
    if first.centre is None or first.centre_id != second.centre_id:
        raise Refused(_("Only shifts of one center can be swapped."))
    _require(by, first.centre)
    if first.user_id == second.user_id:
        raise Refused(_("Both shifts are of %(name)s.") % {"name": first.user.shown_name})
    for user in (first.user, second.user):
        _refuse_unfit(first.centre, user)
    OnCallShift.objects.filter(pk=first.pk).update(user=second.user)
    OnCallShift.objects.filter(pk=second.pk).update(user=first.user)
    _record(by, first.centre, "changed", shifts=[first.pk, second.pk])
    changed()


def able(centre: Centre) -> QuerySet[User]:
    """Return who can be on call at `centre`: its active members who could be told, by name."""
    members = Membership.objects.filter(centre=centre).values("user")
    people = User.objects.filter(pk__in=members, is_active=True, is_staff=True)
    return people.filter(recipients.reachable()).order_by("display_name", "username")


def _add(centre: Centre, user: User, starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    _shift, new = OnCallShift.objects.get_or_create(centre=centre, user=user, starts_at=starts_at, ends_at=ends_at)
    return int(new)


def _moment(day: dt.date, clock: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """Return the moment of a clock time. One that the clocks skip is the first after it, so that shifts still meet."""
    try:
        return time_zones.local(dt.datetime.combine(day, clock), zone)
    except time_zones.NoSuchTime as skipped:
        return skipped.next


def _record(by: User, centre: Centre, what: str, **codes: Any) -> None:
    """Record a change of the rota, as the admin records those of single shifts."""
    model = OnCallShift._meta.label_lower
    events.record_beside_cases(Event.Kind.SETTINGS_CHANGED, by=by, centre_id=centre.pk, model=model, what=what, **codes)


def _require(by: User, centre: Centre) -> None:
    if not permissions.can_configure(by, centre):
        raise NotAllowed(_("Only a lead of this center plans who is on call."))


def _unfit(centre: Centre, user: User) -> bool:
    return not able(centre).filter(pk=user.pk).exists()


def _refuse_unfit(centre: Centre, user: User) -> None:
    if _unfit(centre, user):
        raise Refused(_("%(name)s can’t be on call here: not an active member of the center, or no way to tell them.") % {"name": user})
