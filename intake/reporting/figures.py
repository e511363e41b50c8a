"""The figures behind the reports: counted from the cases, and kept by centre: of a day, of a week and of four weeks.

Every change to a case writes an event, so an event newer than the stored figures names a case that may have changed. A report
takes what is stored and counts those few cases, and what arrived since, from the cases themselves: it is as right as one that
reads every case, whether or not housekeeping has kept up.

A day is stored as sums and as the list of what was counted of each case. The list gives the days that are needed in part (the
report begins in the midst of a day, and today isn't over) and those that changed; all others are taken as sums, and as the sums of a
week or of four where none of their days changed.
"""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from intake.models import Centre, Event, FiguresMark, Inquiry, StoredFigures
from intake.reporting.tallies import COLUMNS, RUNS, Case, Figures, Listed, as_columns, case_of, from_columns, moment
from intake.scheduling.opening_hours import Clock

KEPT = 93  # days: the longest report, and a day at each end
DAY = dt.timedelta(days=1)
# The stretches that sums are stored of, in days. Each begins where the days since the year 1 can be divided by it: a week on Monday.
LENGTHS = (28, 7, 1)
# Ids of events are given before they are committed: one this old is there, or never will be.
SETTLED = dt.timedelta(minutes=2)
# With more news than this it is cheaper to count everything from the cases.
MOST_NEWS = 20_000  # events

Key = tuple[int, dt.date]  # a centre and the first day of a stretch, or its only one
# Which centres' stretches are asked for.
Asked = list[tuple[list[int], list[dt.date]]]
# When the cases that something happened to arrived, by centre.
News = dict[int, set[dt.datetime]]


def of_stretch(centres: Mapping[int, Centre], since: dt.datetime, until: dt.datetime) -> tuple[Figures, Counter[int]]:
    """Return the figures of what arrived from `since` until `until`, and the number of inquiries at each centre.

    `centres` come by id, with hours and holidays prefetched. Seven queries at most, whatever is stored.
    """
    clocks = {pk: clock_of(centre) for pk, centre in centres.items()}
    news = _news(centres)
    alike: dict[tuple[dt.date, dt.date, frozenset[dt.date]], list[int]] = defaultdict(list)
    for pk, centre in centres.items():
        first, last = since.astimezone(zone(centre)).date(), until.astimezone(zone(centre)).date()
        changed = _days(first, last) if news is None else _days_of(news[pk], zone(centre))
        # The first day may have begun before `since`, and the last one isn't over.
        alike[first, last, frozenset({first, last, *changed})].append(pk)
    asked: dict[int, Asked] = {length: [] for length in LENGTHS}
    in_part: set[Key] = set()
    for (first, last, anew), pks in alike.items():
        for length, firsts in _cut(first, last, anew).items():
            asked[length].append((pks, firsts))
        in_part |= {(pk, day) for pk in pks for day in anew if first <= day <= last}
    sums: dict[Key, tuple[Any, ...]] = {}
    for length, shorter in pairwise(LENGTHS):
        sums |= _sums(asked[length], length, clocks)
        for start, pks in _by_first(_keys(asked[length]) - sums.keys()).items():
            asked[shorter].append((pks, _parts(start, length, shorter)))
    sums |= _sums(asked[1], 1, clocks)
    in_part |= _keys(asked[1]) - sums.keys()
    counted = Figures()
    of_centre: Counter[int] = Counter()
    for (pk, _first), columns in sums.items():
        counted.take(*columns)
        of_centre[pk] += columns[0]["total"]
    for pk, day, cases in _cases(centres, in_part, clocks, news, (since, until)):
        of_centre[pk] += sum([counted.add(case, f"{day}") for case in cases])
    return counted, of_centre


def refresh(now: dt.datetime) -> dict[str, int]:
    """Bring the stored figures up to date (housekeeping): today so far, and all days as far back as the longest report."""
    centres = {centre.pk: centre for centre in Centre.objects.prefetch_related("opening_hours", "holidays")}
    clocks = {pk: clock_of(centre) for pk, centre in centres.items()}
    with transaction.atomic():
        _forget_changed(centres, clocks, now)
    kept: dict[int, set[Key]] = {length: set() for length in LENGTHS}
    for pk, first, length in StoredFigures.objects.filter(until=None).values_list("centre_id", "first", "days"):
        kept[length].add((pk, first))
    today = {(pk, now.astimezone(zone(centre)).date()) for pk, centre in centres.items()}
    made = 0
    for ago in range(1, KEPT):
        missing = {(pk, day - dt.timedelta(days=ago)) for pk, day in today} - kept[1]
        made += _store_days(missing, centres, clocks, now, whole=True)
        kept[1] |= missing
    _store_days(today, centres, clocks, now, whole=False)
    added_up = 0
    for shorter, length in pairwise(reversed(LENGTHS)):
        whole = {
            (pk, first)
            for pk, first in kept[shorter]
            if first == _start(first, length) and all((pk, part) in kept[shorter] for part in _parts(first, length, shorter))
        }
        for first, pks in _by_first(whole - kept[length]).items():
            added_up += _add_up(first, (length, shorter), pks, clocks)
        kept[length] |= whole
    return {"days_counted": made, "stretches_added_up": added_up}


def zone(centre: Centre) -> ZoneInfo:
    """Return the centre's time zone."""
    return ZoneInfo(centre.time_zone)


def clock_of(centre: Centre) -> str:
    """Return a short name of all that the centre's clock depends on; no query when hours and holidays are prefetched."""
    hours = sorted(f"{row.weekday} {row.opens} {row.closes}" for row in centre.opening_hours.all())
    holidays = sorted(f"{row.day}" for row in centre.holidays.all())
    return hashlib.sha256(repr((centre.time_zone, hours, holidays)).encode()).hexdigest()[:32]


def _cut(first: dt.date, last: dt.date, anew: Collection[dt.date]) -> dict[int, list[dt.date]]:
    """Return the stretches, by length, that make up the days from `first` to `last` without those of `anew`; the longest that fit."""
    found: dict[int, list[dt.date]] = {length: [] for length in LENGTHS}
    day = first
    while day <= last:
        fitting = (
            length
            for length in LENGTHS
            if day == _start(day, length) and day + (length - 1) * DAY <= last and not any(each in anew for each in _parts(day, length, 1))
        )
        longest = next(fitting, None)
        if longest:
            found[longest].append(day)
        day += (longest or 1) * DAY
    return found


def _sums(asked: Asked, length: int, clocks: Mapping[int, str]) -> dict[Key, tuple[Any, ...]]:
    """Return the stored sums (what Figures.take takes) of the stretches asked for, of those that are whole and up to date."""
    wanted = _any_of(asked)
    if not wanted:
        return {}
    rows = StoredFigures.objects.filter(wanted, days=length, until=None)
    columns = rows.values_list("centre_id", "first", "clock", "counts", *RUNS)
    return {(pk, first): tuple(sums) for pk, first, clock, *sums in columns if clock == clocks[pk]}


def _cases(
    centres: Mapping[int, Centre], days: set[Key], clocks: Mapping[int, str], news: News | None, between: tuple[dt.datetime, dt.datetime]
) -> Iterator[tuple[int, dt.date, Iterable[Listed]]]:
    """Yield the cases of `days` between the two moments: as they are listed, but anew what is news or arrived after the list."""
    since, until = between
    if news is None:
        for (pk, day), cases in _read(centres, _arrived(days, centres, since, until)).items():
            yield pk, day, cases
        return
    rows = StoredFigures.objects.filter(_any_of([(pks, [day]) for day, pks in _by_first(days).items()]), days=1)
    listed: set[Key] = set()
    goes_on: dict[tuple[dt.datetime, dt.datetime], list[int]] = defaultdict(list)
    changed = {pk: {moment(received) for received in own} for pk, own in news.items()}
    start, end = moment(since), moment(until)
    for pk, day, clock, listed_until, columns in rows.values_list("centre_id", "first", "clock", "until", "cases"):
        if clock != clocks[pk]:
            continue
        listed.add((pk, day))
        anew = changed[pk]
        # Each begins with the moment of its arrival.
        yield pk, day, (case for case in from_columns(columns) if start <= case[0] < end and case[0] not in anew)
        if listed_until is not None:
            goes_on[max(since, listed_until), min(until, _midnight(day + DAY, zone(centres[pk])))].append(pk)
    wanted = _arrived(days - listed, centres, since, until) | _between(goes_on)
    for pk, own in news.items():
        within = [received for received in own if since <= received < until]
        if within:
            wanted |= Q(centre_id=pk, received_at__in=within)
    for (pk, day), cases in _read(centres, wanted).items():
        yield pk, day, cases


def _read(centres: Mapping[int, Centre], wanted: Q) -> dict[Key, list[Case]]:
    """Return what is counted of the inquiries that are `wanted`, by centre and day; one query, by index."""
    found: dict[Key, list[Case]] = defaultdict(list)
    if not wanted:
        return found
    zones = {pk: zone(centre) for pk, centre in centres.items()}
    clocks = {pk: Clock(centre) for pk, centre in centres.items()}
    for row in Inquiry.objects.filter(wanted).values_list(*COLUMNS, named=True):
        there = row.received_at.astimezone(zones[row.centre_id])
        found[row.centre_id, there.date()].append(case_of(row, clocks[row.centre_id], there))
    return found


def _store_days(days: set[Key], centres: Mapping[int, Centre], clocks: Mapping[int, str], now: dt.datetime, *, whole: bool) -> int:
    """Count days from the cases and store them, each whole or until `now`; return how many."""
    read = _read(centres, _arrived(days, centres, now - dt.timedelta(days=KEPT + 1), now))
    rows = []
    for pk, day in days:
        cases = read[pk, day]
        rows.append(_row((pk, day), 1, clocks[pk], _sum_of(cases, day), cases=as_columns(cases), until=None if whole else now))
    if not whole:
        # A minute in which nothing happened writes nothing.
        known = StoredFigures.objects.filter(_any_of([(pks, [day]) for day, pks in _by_first(days).items()]), days=1)
        as_stored = {(pk, clock): cases for pk, clock, cases in known.values_list("centre_id", "clock", "cases")}
        rows = [row for row in rows if row.cases != as_stored.get((row.centre_id, row.clock))]
    return _store(rows)


def _sum_of(cases: Iterable[Case], day: dt.date) -> Figures:
    figures = Figures()
    for case in cases:
        figures.add(case, f"{day}")
    return figures


@transaction.atomic
def _add_up(first: dt.date, lengths: tuple[int, int], pks: list[int], clocks: Mapping[int, str]) -> int:
    """Store the sums of a stretch of each of these centres from the stored shorter ones that make it up; return how many."""
    _wait_in_line()
    length, shorter = lengths
    parts = _parts(first, length, shorter)
    sums = _sums([(pks, parts)], shorter, clocks)
    rows = []
    for pk in pks:
        # One that was forgotten meanwhile is counted anew the next time, and all that it is part of.
        if all((pk, part) in sums for part in parts):
            figures = Figures()
            for part in parts:
                figures.take(*sums[pk, part])
            rows.append(_row((pk, first), length, clocks[pk], figures, cases=as_columns([])))
    return _store(rows)


def _row(key: Key, length: int, clock: str, figures: Figures, **rest: Any) -> StoredFigures:
    return StoredFigures(centre_id=key[0], first=key[1], days=length, clock=clock, **figures.columns(), **rest)


def _store(rows: list[StoredFigures]) -> int:
    changing = ["clock", "until", "counts", *RUNS, "cases"]
    StoredFigures.objects.bulk_create(rows, update_conflicts=True, unique_fields=["centre", "days", "first"], update_fields=changing)
    return len(rows)


def _wait_in_line() -> int | None:
    """Wait until no other housekeeping forgets or adds up, to the end of the transaction; return the mark.

    Otherwise a sum could be stored from a day that another one has just found to be out of date.
    """
    return FiguresMark.objects.select_for_update().filter(pk=1).values_list("event", flat=True).first()


def _forget_changed(centres: Mapping[int, Centre], clocks: Mapping[int, str], now: dt.datetime) -> None:
    """Remove stored figures that may be out of date, or are older than any report, and move the mark on."""
    before = _wait_in_line() or 0
    news = _news(centres)
    if news is None:
        StoredFigures.objects.all().delete()
    else:
        for pk, clock in clocks.items():
            days = _days_of(news[pk], zone(centres[pk]))
            outdated = ~Q(clock=clock)
            for length in LENGTHS:
                outdated |= Q(days=length, first__in={_start(day, length) for day in days})
            StoredFigures.objects.filter(outdated, centre_id=pk).delete()
        StoredFigures.objects.filter(first__lt=now.date() - dt.timedelta(days=KEPT + 1)).delete()
    settled = Event.objects.filter(id__gt=before, at__lt=now - SETTLED).order_by("-id").values_list("id", flat=True).first()
    FiguresMark.objects.update_or_create(pk=1, defaults={"event": settled or before})


def _news(centres: Mapping[int, Centre]) -> News | None:
    """Return which cases of each of `centres` something happened to since they were stored; None for any of them."""
    mark = FiguresMark.objects.filter(pk=1).values_list("event", flat=True).first()
    if mark is None:
        return None
    events = list(
        Event.objects.filter(id__gt=mark)
        .order_by("id")
        .values_list("inquiry__centre_id", "inquiry__received_at", "kind", "data")[: MOST_NEWS + 1]
    )
    if len(events) > MOST_NEWS:
        return None
    news: News = {pk: set() for pk in centres}
    for centre, received_at, kind, data in events:
        # The centre that handed the case over lost it from its figures.
        concerned: set[int] = {centre, data["from_centre"]} if kind == Event.Kind.HANDED_OVER else {centre}
        for pk in concerned & centres.keys():
            news[pk].add(received_at)
    return news


def _days_of(moments: Iterable[dt.datetime], where: ZoneInfo) -> set[dt.date]:
    return {received.astimezone(where).date() for received in moments}


def _days(day: dt.date, last: dt.date) -> Iterator[dt.date]:
    while day <= last:
        yield day
        day += DAY


def _start(day: dt.date, length: int) -> dt.date:
    """Return the first day of the stretch that `day` is in."""
    return day - dt.timedelta(days=(day.toordinal() - 1) % length)


def _parts(first: dt.date, length: int, shorter: int) -> list[dt.date]:
    return [first + dt.timedelta(days=ahead) for ahead in range(0, length, shorter)]


def _midnight(day: dt.date, where: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, where)


def _by_first(keys: Iterable[Key]) -> dict[dt.date, list[int]]:
    found: dict[dt.date, list[int]] = defaultdict(list)
    for pk, first in keys:
        found[first].append(pk)
    return found


def _keys(asked: Asked) -> set[Key]:
    return {(pk, first) for pks, firsts in asked for pk in pks for first in firsts}


def _any_of(asked: Asked) -> Q:
    wanted = Q()
    for pks, firsts in asked:
        if firsts:
            wanted |= Q(centre_id__in=pks, first__in=firsts)
    return wanted


def _between(stretches: Mapping[tuple[dt.datetime, dt.datetime], list[int]]) -> Q:
    wanted = Q()
    for (start, end), pks in stretches.items():
        if start < end:
            wanted |= Q(centre_id__in=pks, received_at__gte=start, received_at__lt=end)
    return wanted


def _arrived(days: Iterable[Key], centres: Mapping[int, Centre], since: dt.datetime, until: dt.datetime) -> Q:
    """Return what is asked for the cases of `days` between the two moments: days in a row are one stretch, and so are alike ones."""
    own: dict[int, list[dt.date]] = defaultdict(list)
    for pk, day in sorted(days):
        own[pk].append(day)
    found: dict[tuple[dt.datetime, dt.datetime], list[int]] = defaultdict(list)
    for pk, in_order in own.items():
        where = zone(centres[pk])
        first = previous = in_order[0]
        for day in [*in_order[1:], dt.date.max]:
            if day != previous + DAY:
                found[max(since, _midnight(first, where)), min(until, _midnight(previous + DAY, where))].append(pk)
                first = day
            previous = day
    return _between(found)
