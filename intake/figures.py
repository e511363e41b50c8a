"""The figures behind the reports: counted from the cases, and kept a day and a centre at a time.

Every change to a case writes an event, so an event newer than the stored figures names the days that may have changed.
A report takes the stored figures of all other days and counts those few days, and today, from the cases themselves: it is
as right as one that reads every case, whether or not housekeeping has kept up.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from intake.models import Centre, DayFigures, Event, FiguresMark, Inquiry
from intake.office_hours import Clock

KEPT = 93  # days: the longest report, and a day at each end
# Ids of events are given before they are committed: one this old is there, or never will be.
SETTLED = timedelta(minutes=2)
# With more news than this it is cheaper to count everything from the cases.
MOST_NEWS = 20_000  # events
COLUMNS = (
    "centre_id", "received_at", "first_response_at", "first_contact_at", "answer_by", "state", "outcome", "guide_slug", "attempts_made",
)  # fmt: skip

Days = set[tuple[int, date]]


@dataclass
class Figures:
    """Counts and times of some inquiries. Minutes are minutes of opening hours, to a tenth; spam is in `outcomes` alone."""

    total: int = 0
    promised: int = 0  # of those that were answered
    kept: int = 0
    # When those that nobody has answered yet were promised an answer, in seconds since 1970.
    unanswered: list[float] = field(default_factory=list)
    response: list[float] = field(default_factory=list)
    contact: list[float] = field(default_factory=list)
    hours: Counter[str] = field(default_factory=Counter)
    guides: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    attempts: Counter[str] = field(default_factory=Counter)

    def add(self, row: Any, clock: Clock, zone: ZoneInfo) -> None:
        """Count one case (a row of COLUMNS)."""
        if row.state == Inquiry.State.CLOSED:
            self.outcomes[row.outcome] += 1
        # Spam is no inquiry, and who answered it fast helped nobody.
        if row.outcome == Inquiry.Outcome.SPAM:
            return
        self.total += 1
        self.hours[str(row.received_at.astimezone(zone).hour)] += 1
        self.guides[row.guide_slug] += 1
        self.attempts[str(row.attempts_made)] += 1
        if row.first_response_at:
            self.response.append(round(clock.minutes(row.received_at, row.first_response_at), 1))
        if row.first_contact_at:
            self.contact.append(round(clock.minutes(row.received_at, row.first_contact_at), 1))
        if row.answer_by and row.first_response_at:
            self.promised += 1
            self.kept += row.first_response_at <= row.answer_by
        elif row.answer_by:
            self.unanswered.append(row.answer_by.timestamp())

    def merge(self, other: "Figures") -> None:
        """Add the figures of other inquiries."""
        self.total += other.total
        self.promised += other.promised
        self.kept += other.kept
        for name in ("unanswered", "response", "contact"):
            getattr(self, name).extend(getattr(other, name))
        for name in ("hours", "guides", "outcomes", "attempts"):
            getattr(self, name).update(getattr(other, name))

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> "Figures":
        """Return figures as they were stored."""
        return cls(**values)


def of_days(centres: Mapping[int, Centre], since: datetime, until: datetime) -> dict[tuple[int, date], Figures]:
    """Return the figures of what arrived from `since` until `until`, by centre and day of the centre's calendar.

    `centres` come by id, with hours and holidays prefetched. Four queries at most, whatever is stored.
    """
    wanted = {pk: list(_days(zone(centre), since, until)) for pk, centre in centres.items()}
    clocks = {pk: clock_of(centre) for pk, centre in centres.items()}
    changed = _changed(centres)
    found: dict[tuple[int, date], Figures] = {}
    if changed is not None:
        rows = DayFigures.objects.filter(centre_id__in=centres, day__range=(since.date() - timedelta(days=1), until.date()))
        for pk, day, clock, values in rows.values_list("centre_id", "day", "clock", "figures"):
            # The first day may have begun before `since`, and the last one isn't over.
            if (pk, day) not in changed and clock == clocks[pk] and wanted[pk][0] < day < wanted[pk][-1]:
                found[pk, day] = Figures.stored(values)
    missing = {(pk, day) for pk, days in wanted.items() for day in days} - found.keys()
    return found | count(centres, missing, since, until)


def count(centres: Mapping[int, Centre], days: Days, since: datetime, until: datetime) -> dict[tuple[int, date], Figures]:
    """Return the figures of `days`, counted from the cases between the two moments; one query, by index."""
    zones = {pk: zone(centre) for pk, centre in centres.items()}
    clocks = {pk: Clock(centre) for pk, centre in centres.items()}
    found = {key: Figures() for key in days}
    stretches = _stretches(days, zones, since, until)
    if not stretches:
        return found
    wanted = Q()
    for (start, end), pks in stretches.items():
        wanted |= Q(centre_id__in=pks, received_at__gte=start, received_at__lt=end)
    for row in Inquiry.objects.filter(wanted).values_list(*COLUMNS, named=True):
        day = row.received_at.astimezone(zones[row.centre_id]).date()
        found[row.centre_id, day].add(row, clocks[row.centre_id], zones[row.centre_id])
    return found


def refresh(now: datetime) -> dict[str, int]:
    """Bring the stored figures up to date (housekeeping): all days before today, as far back as the longest report."""
    centres = {centre.pk: centre for centre in Centre.objects.prefetch_related("opening_hours", "holidays")}
    clocks = {pk: clock_of(centre) for pk, centre in centres.items()}
    with transaction.atomic():
        _forget_changed(centres, clocks, now)
    kept = set(DayFigures.objects.values_list("centre_id", "day"))
    made = 0
    for ago in range(1, KEPT):
        today = {pk: now.astimezone(zone(centre)).date() for pk, centre in centres.items()}
        missing = {(pk, day - timedelta(days=ago)) for pk, day in today.items()} - kept
        counted = count(centres, missing, now - timedelta(days=KEPT + 1), now)
        rows = [DayFigures(centre_id=pk, day=day, clock=clocks[pk], figures=vars(figures)) for (pk, day), figures in counted.items()]
        DayFigures.objects.bulk_create(rows, update_conflicts=True, unique_fields=["centre", "day"], update_fields=["clock", "figures"])
        made += len(rows)
    return {"days_counted": made}


def zone(centre: Centre) -> ZoneInfo:
    """Return the centre's time zone."""
    return ZoneInfo(centre.time_zone)


def clock_of(centre: Centre) -> str:
    """Return a short name of all that the centre's clock depends on; no query when hours and holidays are prefetched."""
    hours = sorted(f"{row.weekday} {row.opens} {row.closes}" for row in centre.opening_hours.all())
    holidays = sorted(f"{row.day}" for row in centre.holidays.all())
    return hashlib.sha256(repr((centre.time_zone, hours, holidays)).encode()).hexdigest()[:32]


def _forget_changed(centres: Mapping[int, Centre], clocks: Mapping[int, str], now: datetime) -> None:
    """Remove stored figures that may be out of date, or are older than any report, and move the mark on."""
    changed = _changed(centres)
    if changed is None:
        DayFigures.objects.all().delete()
    else:
        for pk, days in _by_centre(changed).items():
            DayFigures.objects.filter(centre_id=pk, day__in=days).delete()
        for pk, clock in clocks.items():
            DayFigures.objects.filter(centre_id=pk).exclude(clock=clock).delete()
        DayFigures.objects.filter(day__lt=now.date() - timedelta(days=KEPT + 1)).delete()
    before = FiguresMark.objects.filter(pk=1).values_list("event", flat=True).first() or 0
    settled = Event.objects.filter(id__gt=before, at__lt=now - SETTLED).order_by("-id").values_list("id", flat=True).first()
    FiguresMark.objects.update_or_create(pk=1, defaults={"event": settled or before})


def _changed(centres: Mapping[int, Centre]) -> Days | None:
    """Return the days of `centres` that something happened to since their figures were stored; None for all of them."""
    mark = FiguresMark.objects.filter(pk=1).values_list("event", flat=True).first()
    if mark is None:
        return None
    news = list(
        Event.objects.filter(id__gt=mark)
        .order_by("id")
        .values_list("inquiry__centre_id", "inquiry__received_at", "kind", "data")[: MOST_NEWS + 1]
    )
    if len(news) > MOST_NEWS:
        return None
    changed: Days = set()
    for centre, received_at, kind, data in news:
        # The centre that handed the case over lost it from its figures.
        concerned: set[int] = {centre, data["from_centre"]} if kind == Event.Kind.HANDED_OVER else {centre}
        for pk in concerned & centres.keys():
            changed.add((pk, received_at.astimezone(zone(centres[pk])).date()))
    return changed


def _days(where: ZoneInfo, since: datetime, until: datetime) -> Iterator[date]:
    day, last = since.astimezone(where).date(), until.astimezone(where).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _by_centre(days: Iterable[tuple[int, date]]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for pk, day in sorted(days):
        found[pk].append(day)
    return found


def _stretches(days: Days, zones: Mapping[int, ZoneInfo], since: datetime, until: datetime) -> dict[tuple[datetime, datetime], list[int]]:
    """Return the stretches of time that `days` make up, and the centres of each: days in a row are one, and so are alike ones."""
    found: dict[tuple[datetime, datetime], list[int]] = defaultdict(list)
    for pk, own in _by_centre(days).items():
        start = previous = own[0]
        for day in [*own[1:], None]:
            if day is not None and day == previous + timedelta(days=1):
                previous = day
                continue
            first = max(since, datetime.combine(start, time.min, zones[pk]))
            last = min(until, datetime.combine(previous + timedelta(days=1), time.min, zones[pk]))
            if first < last:
                found[first, last].append(pk)
            if day is not None:
                start = previous = day
    return found
