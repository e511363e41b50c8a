"""What a lead sees of the work: counts and times, no case and no person. Small numbers are not broken down."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, F, Func, IntegerField, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases.permissions import led_centres
from intake.models import Centre, Inquiry, QueueRank
from intake.reporting.suppression import SMALLEST_CELL, Cell, suppressed

PERIODS = (7, 30, 90)  # days
MOST_DAYS = 35  # a longer period is shown by weeks
FRESH_FOR = dt.timedelta(minutes=1)
# A request that its sender took back, or that is answered in another case, before the promised time was not left waiting.
NOBODY_TO_ANSWER = (Inquiry.Outcome.WITHDRAWN, Inquiry.Outcome.DUPLICATE)
QUARTER = 900  # seconds: the offset of every time zone is a number of whole quarter hours


class QuarterHour(Func):
    """The number of whole quarter hours from 1970 until a moment, computed by the database."""

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        seconds = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=f"({seconds} / {QUARTER})", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        seconds = "extract(epoch FROM %(expressions)s)"
        return self.as_sql(compiler, connection, template=f"CAST(floor({seconds} / {QUARTER}) AS integer)", **extra)


@dataclass
class Times:
    """Minutes in opening hours. None where there are too few cases."""

    median: float | None = None
    p90: float | None = None
    cases: int = 0


@dataclass
class Report:
    """All that the dashboard shows of one period."""

    made_at: dt.datetime | None = None
    total: int = 0
    open_now: int = 0
    unclaimed_now: int = 0
    kept: float | None = None  # share of promises kept, 0 to 1
    promised: int = 0
    first_response: Times = field(default_factory=Times)
    first_contact: Times = field(default_factory=Times)
    by_day: list[Cell] = field(default_factory=list)
    by_hour: list[Cell] = field(default_factory=list)
    by_centre: list[Cell] = field(default_factory=list)
    by_guide: list[Cell] = field(default_factory=list)
    by_outcome: list[Cell] = field(default_factory=list)
    by_attempts: list[Cell] = field(default_factory=list)
    workload: list[Cell] = field(default_factory=list)


def centres_for(user: User | AnonymousUser) -> list[int]:
    """Return the ids of the centres whose reports `user` may see: those they lead; all for an auditor."""
    if has_role(user, AUDITOR):
        return list(Centre.objects.values_list("pk", flat=True))
    return led_centres(user)


def fresh_enough(centre_ids: Iterable[int], days: int, now: dt.datetime) -> Report:
    """Return the report on the last `days` days, at most FRESH_FOR old: everybody who may see it shares one."""
    centres = sorted(centre_ids)
    # The labels in it are in the language of the first reader.
    key = f"intake.report:{get_language()}:{days}:{'-'.join(map(str, centres))}"
    made: Report | None = cache.get(key)
    if made is None:
        made = report(centres, now - dt.timedelta(days=days), now)
        cache.set(key, made, FRESH_FOR.total_seconds())
    return made


def report(centre_ids: Iterable[int], since: dt.datetime, now: dt.datetime) -> Report:
    """Return the report on the inquiries of these centres that arrived from `since` until `now`.

    Drills are left out. Eight queries at most. The database counts and groups, from one index; what depends on a time zone is
    counted by the quarter hour.
    """
    centres = {centre.pk: centre for centre in Centre.objects.filter(pk__in=centre_ids)}
    arrived = Inquiry.objects.filter(centre_id__in=centres, received_at__gte=since, received_at__lt=now, is_drill=False).order_by()
    # Spam is no inquiry, and answering it fast helped nobody: of spam only the outcome is counted.
    inquiries = arrived.exclude(outcome=Inquiry.Outcome.SPAM)
    made = Report(made_at=now)
    _add_cases(made, arrived, centres, now)
    days, hours = _days_and_hours(inquiries)
    made.by_day = _cells(*_days_or_weeks(days, _calendar(centres.values(), since, now), weekly=(now - since).days > MOST_DAYS))
    made.by_hour = _cells(hours, [(hour, f"{hour:02d}") for hour in range(24)])
    guides = inquiries.values_list("guide_slug").annotate(cases=Count("*")).order_by("guide_slug")
    made.by_guide = _cells(Counter({slug or _("none"): cases for slug, cases in guides}))
    made.first_response = _times(inquiries, "response_minutes")
    made.first_contact = _times(inquiries, "contact_minutes")
    _add_now(made, centres)
    return made


def _add_cases(made: Report, arrived: QuerySet[Inquiry], centres: Mapping[int, Centre], now: dt.datetime) -> None:
    """Add the totals and promises, and what is counted by centre, outcome and number of attempts. One query."""
    answered = Q(first_response_at__isnull=False)
    ended_in_time = Q(outcome__in=NOBODY_TO_ANSWER, closed_at__isnull=False, closed_at__lte=F("answer_by"))
    promised = Q(answer_by__isnull=False) & (answered | (Q(answer_by__lte=now) & ~ended_in_time))
    groups = arrived.values_list("centre_id", "state", "outcome", "attempts_made").annotate(
        cases=Count("*"),
        promised=Count("received_at", filter=promised),
        kept=Count("received_at", filter=answered & Q(first_response_at__lte=F("answer_by"))),
    )
    kept = 0
    by_centre: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    by_attempts: Counter[int] = Counter()
    for centre, state, outcome, attempts, cases, cases_promised, cases_kept in groups:
        if state == Inquiry.State.CLOSED and outcome:
            by_outcome[outcome] += cases
        if outcome != Inquiry.Outcome.SPAM:
            by_centre[centre] += cases
            by_attempts[min(attempts, 5)] += cases
            made.promised += cases_promised
            kept += cases_kept
    made.total = sum(by_centre.values())
    if made.promised >= SMALLEST_CELL:
        made.kept = kept / made.promised
    made.by_centre = _cells(by_centre, [(pk, centre.name) for pk, centre in centres.items()])
    made.by_outcome = _cells(by_outcome, list(Inquiry.Outcome.choices))
    made.by_attempts = _cells(by_attempts, [(n, f"{n}" if n < 5 else "5+") for n in range(6)])


def _days_and_hours(inquiries: QuerySet[Inquiry]) -> tuple["Counter[dt.date]", "Counter[int]"]:
    """Return the number of inquiries by day and by hour of the day, each at its centre's time. One query.

    The database groups by the quarter hour in UTC, at most 96 rows a day and time zone: a change of the clocks within the period is
    too much for SQLite, and too little to read every inquiry for.
    """
    days: Counter[dt.date] = Counter()
    hours: Counter[int] = Counter()
    quarters = inquiries.values_list("centre__time_zone", QuarterHour("received_at")).annotate(cases=Count("*"))
    for zone, quarter, cases in quarters:
        local = dt.datetime.fromtimestamp(quarter * QUARTER, ZoneInfo(zone))
        days[local.date()] += cases
        hours[local.hour] += cases
    return days, hours


def _calendar(centres: Iterable[Centre], since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    """Return all days that it is at one of the centres between two moments: they may be in many time zones."""
    zones = {ZoneInfo(centre.time_zone) for centre in centres} or {ZoneInfo("UTC")}
    first = min(since.astimezone(zone).date() for zone in zones)
    last = max(until.astimezone(zone).date() for zone in zones)
    return [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _days_or_weeks(
    days: "Counter[dt.date]", order: list[dt.date], *, weekly: bool
) -> tuple["Counter[dt.date]", list[tuple[Hashable, Any]]]:
    """Return the counts and the order of their labels: each day, or each week (named by its Monday) of a long period."""
    if weekly:
        weeks: Counter[dt.date] = Counter()
        for day, count in days.items():
            weeks[day - dt.timedelta(days=day.weekday())] += count
        days, order = weeks, sorted({day - dt.timedelta(days=day.weekday()) for day in order})
    return days, [(day, date_format(day, "D j M")) for day in order]


def _add_now(made: Report, centres: dict[int, Centre]) -> None:
    """Add what is open at this moment: all, unclaimed, and by person (workload, not a ranking: by name). Two queries."""
    still_open = Inquiry.objects.filter(centre_id__in=centres, queue_rank__lt=QueueRank.CLOSED, is_drill=False)
    owners: dict[int | None, int] = {}
    for owner, cases in still_open.order_by().values_list("claimed_by").annotate(cases=Count("*")):
        owners[owner] = cases
    made.open_now = sum(owners.values())
    made.unclaimed_now = owners.pop(None, 0)
    people = sorted(User.objects.filter(pk__in=[owner for owner in owners if owner]), key=lambda person: person.shown_name)
    made.workload = [Cell(person.shown_name, owners[person.pk]) for person in people]


def _times(inquiries: QuerySet[Inquiry], column: str) -> Times:
    """Return the median and the 90th percentile of a column of minutes. One query.

    Many inquiries took equally many minutes, so the database returns each number of minutes once with its count: the same query and
    the exact result on PostgreSQL and SQLite, which has no percentiles.
    """
    counted = inquiries.filter(**{f"{column}__isnull": False}).values_list(column).annotate(cases=Count("*")).order_by(column)
    minutes = list(counted)
    cases = sum(number for _minutes, number in minutes)
    if cases < SMALLEST_CELL:
        return Times(cases=cases)
    # An even number of cases has two in its middle.
    lower, upper, p90 = (_at(minutes, place) for place in ((cases - 1) // 2, cases // 2, int(cases * 0.9)))
    return Times((lower + upper) / 2, p90, cases)


def _at(counted: list[tuple[int, int]], place: int) -> int:
    """Return the value at a place (from 0) of the sorted values, which come as (value, how often)."""
    passed = 0
    for value, times in counted:
        passed += times
        if place < passed:
            return value
    raise IndexError(place)


def _cells(counted: "Counter[Any]", order: list[tuple[Hashable, Any]] | None = None) -> list[Cell]:
    """Return the counts as cells, in the given order or the largest first; those that could be about somebody without number."""
    keys = order if order is not None else [(key, key) for key, _count in counted.most_common(20)]
    return suppressed([Cell(str(label or key), counted.get(key, 0)) for key, label in keys])
