"""Noticing that somebody reads what isn't their task: a periodic job over the entries of the last day.

An opening is judged an hour after it, when it shows whether anything was done in the case. So a busy night is no notice: who takes,
answers or tries what they open, or opens what is in danger, is at work. A notice is a question to the lead, and proves nothing.
"""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from intake.models import Centre, Event, Inquiry, Membership, OnCallShift, ReadingNotice, Watch
from intake.oversight import notices
from intake.scheduling.opening_hours import CentreHours
from recovery_site.staff import time_zones

Kind = Event.Kind
Notice = ReadingNotice.Kind
HOUR = dt.timedelta(hours=1)
LOOK_BACK = dt.timedelta(hours=26)  # a job that was missed for a day finds all the same
USUAL_DAYS = 28
TIMES_USUAL = 3
NIGHT = (22, 6)  # hours on the centre's clock
A_NIGHT = dt.timedelta(hours=12)  # in which there is no more than one


@dataclass(frozen=True)
class Limit:
    """How much is no notice yet, in one hour (at night: in one night): cases, or for the last two kinds single events."""

    most: int
    most_of_leads: int


# Few false alarms: a lead who is asked about every busy hour soon answers without looking.
LIMITS = {
    # Two minutes a case for an hour, and nothing done in any. Also three times the person's own usual hour, for who sorts the whole queue.
    Notice.MANY_CASES: Limit(20, 40),
    # A colleague's or a closed case is opened for a call or a hand-over, a few an hour. Leads look through the work of others.
    Notice.NOT_OWN: Limit(10, 30),
    # A number is shown to be called. Some are looked at for a list of calls that a colleague makes.
    Notice.CONTACTS: Limit(10, 20),
    # Whoever is on call, or opens what is in danger, is left out. An early or late look at a few cases happens.
    Notice.AT_NIGHT: Limit(5, 5),
    # A call every two minutes for an hour.
    Notice.SEARCHES: Limit(30, 30),
    # Old links and a role that changed refuse a handful.
    Notice.REFUSALS: Limit(10, 10),
}
# Doing one of these in a case makes it one's task, whenever it was done.
WORK = (
    Kind.CLAIMED, Kind.ASSIGNED, Kind.ATTEMPTED, Kind.REPLIED, Kind.NOTE_ADDED, Kind.CLOSED, Kind.REOPENED, Kind.QUEUED, Kind.HANDED_OVER,
    Kind.MERGED, Kind.PRESCREENED, Kind.REFERRED, Kind.DISCLOSED, Kind.CONSENT_RECORDED, Kind.CONSENT_ASKED, Kind.WAIT_LISTED,
    Kind.FOLLOW_UP_PLANNED, Kind.PRIORITY_CHANGED, Kind.DANGER_RESOLVED, Kind.EMERGENCY_CALLED, Kind.ACKNOWLEDGED, Kind.RECEIPT_REPLACED,
    Kind.RECEIVED,
)  # fmt: skip
LOOKED_AT = (Kind.OPENED, Kind.CONTACT_SHOWN, Kind.SEARCHED, Kind.REFUSED)


@dataclass
class _Reading:
    """What one person did in the last day that counts, as (moment, what) in order."""

    person: User
    roles: dict[int, str]
    # By centre.
    idle: dict[int, list[tuple[dt.datetime, UUID]]] = field(default_factory=lambda: defaultdict(list))
    foreign: dict[int, list[tuple[dt.datetime, UUID]]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[int, list[tuple[dt.datetime, UUID]]] = field(default_factory=lambda: defaultdict(list))
    searches: list[tuple[dt.datetime, Any]] = field(default_factory=list)
    refusals: list[tuple[dt.datetime, Any]] = field(default_factory=list)


def notice(now: dt.datetime) -> dict[str, int]:
    """Tell of unusual reading (housekeeping): one notice a person, day, centre and kind; return their number.

    Two queries, and about ten for each of the few who did so much that it has to be known what it was.
    """
    recent = Event.objects.filter(at__gte=now - LOOK_BACK, at__lte=now, kind__in=LOOKED_AT)
    rows: dict[int, list[_Row]] = defaultdict(list)
    for actor, kind, case, at in recent.order_by("at", "id").values_list("actor_id", "kind", "inquiry_id", "at"):
        if actor is not None:
            rows[actor].append(_Row(kind, case, at))
    zones = {time_zones.zone(name) for name in Centre.objects.values_list("time_zone", flat=True)}
    people = User.objects.in_bulk([actor for actor, done in rows.items() if _is_much(done, zones)])
    return {"unusual_readings": sum(_judge(_reading(person, rows[pk], now), now) for pk, person in people.items())}


class _Row(NamedTuple):
    kind: str
    case: UUID | None
    at: dt.datetime


def _is_much(rows: list[_Row], zones: Collection[dt.tzinfo]) -> bool:
    """Return whether somebody did more than a limit, whatever it was."""
    opened = [(row.at, row.case) for row in rows if row.kind == Kind.OPENED]
    night = [(at, case) for at, case in opened if any(_is_night(at, zone) for zone in zones)]
    shown = [(row.at, row.case) for row in rows if row.kind == Kind.CONTACT_SHOWN]
    searches = [(row.at, place) for place, row in enumerate(rows) if row.kind == Kind.SEARCHED]
    refusals = [(row.at, place) for place, row in enumerate(rows) if row.kind == Kind.REFUSED]
    return (
        _most_within(HOUR, opened)[0] > LIMITS[Notice.NOT_OWN].most
        or _most_within(HOUR, shown)[0] > LIMITS[Notice.CONTACTS].most
        or _most_within(A_NIGHT, night)[0] > LIMITS[Notice.AT_NIGHT].most
        or _most_within(HOUR, searches)[0] > LIMITS[Notice.SEARCHES].most
        or _most_within(HOUR, refusals)[0] > LIMITS[Notice.REFUSALS].most
    )


def _is_night(at: dt.datetime, zone: dt.tzinfo) -> bool:
    hour = at.astimezone(zone).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _reading(person: User, rows: list[_Row], now: dt.datetime) -> _Reading:
    """Sort out what was somebody's work. Four queries."""
    roles = dict(Membership.objects.filter(user=person).values_list("centre_id", "role"))
    reading = _Reading(person, roles)
    opened = {pk for _kind, pk, _at in rows if pk is not None}
    columns = ("centre_id", "claimed_by_id", "closed_at", "priority")
    cases = {row.pk: row for row in Inquiry.objects.filter(pk__in=opened).only(*columns)}
    worked = Event.objects.filter(inquiry__in=opened, actor=person, kind__in=WORK).values_list("inquiry", flat=True)
    own = {*worked, *Watch.objects.filter(user=person, inquiry__in=opened).values_list("inquiry", flat=True)}
    own |= {pk for pk, case in cases.items() if case.claimed_by_id == person.pk}
    for kind, pk, at in rows:
        if kind == Kind.SEARCHED:
            reading.searches.append((at, len(reading.searches)))
        elif kind == Kind.REFUSED:
            reading.refusals.append((at, len(reading.refusals)))
        if pk not in cases or pk in own or at > now - HOUR:
            continue
        case = cases[pk]
        was_open = case.closed_at is None or case.closed_at > at
        if was_open and case.priority == Inquiry.Priority.DANGER:
            continue
        if kind == Kind.CONTACT_SHOWN:
            reading.contacts[case.centre_id].append((at, pk))
        elif kind == Kind.OPENED:
            reading.idle[case.centre_id].append((at, pk))
            if not was_open or case.claimed_by_id is not None:
                reading.foreign[case.centre_id].append((at, pk))
    return reading


def _judge(reading: _Reading, now: dt.datetime) -> int:
    told = 0
    for centre in Centre.objects.filter(pk__in={*reading.idle, *reading.contacts}):
        foreign = _most_within(HOUR, reading.foreign[centre.pk])[0] > _limit(reading, Notice.NOT_OWN, centre)
        lists = (
            (Notice.NOT_OWN, reading.foreign[centre.pk], HOUR),
            # The same reading is told once.
            (Notice.MANY_CASES, [] if foreign else reading.idle[centre.pk], HOUR),
            (Notice.CONTACTS, reading.contacts[centre.pk], HOUR),
            (Notice.AT_NIGHT, _at_night(reading, centre), A_NIGHT),
        )
        for kind, events, within in lists:
            told += _tell(reading, kind, events, within, centre, now)
    for kind, events in ((Notice.SEARCHES, reading.searches), (Notice.REFUSALS, reading.refusals)):
        # At each centre where they work; who works at none is for auditors and operators.
        centres: list[Centre | None] = list(Centre.objects.filter(pk__in=reading.roles)) or [None]
        for own in centres:
            told += _tell(reading, kind, events, HOUR, own, now)
    return told


def _tell(  # noqa: PLR0913, PLR0917 (one caller)
    reading: _Reading, kind: Notice, events: list[tuple[dt.datetime, Any]], within: dt.timedelta, centre: Centre | None, now: dt.datetime
) -> bool:
    number, at, what = _most_within(within, events)
    if at is None or number <= _limit(reading, kind, centre):
        return False
    if kind == Notice.MANY_CASES and number <= TIMES_USUAL * _usual(reading.person, events[0][0]):
        return False
    day = at.astimezone(time_zones.zone(centre.time_zone if centre else "UTC")).date()
    case = Inquiry.objects.defer("sealed", "submission").filter(pk=what).first() if isinstance(what, UUID) else None
    return notices.tell(reading.person, kind, centre=centre, day=day, number=number, now=now, case=case)


def _limit(reading: _Reading, kind: Notice, centre: Centre | None) -> int:
    limit = LIMITS[kind]
    leads = centre is not None and reading.roles.get(centre.pk) == Membership.Role.LEAD
    return limit.most_of_leads if leads else limit.most


def _most_within(within: dt.timedelta, events: Iterable[tuple[dt.datetime, Any]]) -> tuple[int, dt.datetime | None, Any]:
    """Return the greatest number of different things in any period so long, and the moment and the thing at which it was reached."""
    window: list[tuple[dt.datetime, Any]] = []
    best: tuple[int, dt.datetime | None, Any] = (0, None, None)
    for at, what in events:
        window = [(before, other) for before, other in window if before > at - within and other != what] + [(at, what)]
        if len(window) > best[0]:
            best = (len(window), at, what)
    return best


def _at_night(reading: _Reading, centre: Centre) -> list[tuple[dt.datetime, UUID]]:
    """Return the openings at night while the centre was closed and the person wasn't on call. Up to three queries."""
    zone, hours = time_zones.zone(centre.time_zone), CentreHours(centre)
    late = [(at, pk) for at, pk in reading.idle[centre.pk] if _is_night(at, zone) and not hours.is_open(at)]
    if not late:
        return []
    shifts = OnCallShift.objects.filter(Q(centre=None) | Q(centre=centre), user=reading.person, ends_at__gt=late[0][0] - HOUR)
    # What is begun on call may be finished within the hour after it.
    periods = [(shift.starts_at, shift.ends_at + HOUR) for shift in shifts]
    return [(at, pk) for at, pk in late if not any(start <= at < end for start, end in periods)]


def _usual(person: User, before: dt.datetime) -> float:
    """Return how many cases the person opens in the busiest hour of a usual day: the median of the days before that they worked."""
    midnight = timezone.localtime(before, dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    opened = Event.objects.filter(actor=person, kind=Kind.OPENED, at__lt=midnight, at__gte=midnight - dt.timedelta(days=USUAL_DAYS))
    hours: dict[tuple[dt.date, int], set[UUID | None]] = defaultdict(set)
    for at, pk in opened.values_list("at", "inquiry_id"):
        hours[at.date(), at.hour].add(pk)
    days: dict[dt.date, int] = defaultdict(int)
    for (day, _hour), cases in hours.items():
        days[day] = max(days[day], len(cases))
    return statistics.median(days.values()) if days else 0
