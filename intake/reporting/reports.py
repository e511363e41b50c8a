"""What a lead sees of the work: counts and times, no case and no person. Small numbers are not broken down.

What counts, and in which days, is in intake.reporting.counting.
"""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases.permissions import led_centres
from intake.models import Centre, Inquiry, QueueRank, Referral
from intake.reporting import counting
from intake.reporting.counting import Period, PromiseState, Step
from intake.reporting.suppression import SMALLEST_CELL, Cell, suppressed, suppressed_steps
from intake.scheduling.opening_hours import CentreHours, OpenHours

MOST_DAYS = 35  # a longer period is shown by weeks
MOST_GUIDES = 8  # bars
FRESH_FOR = dt.timedelta(minutes=1)
QUARTER = 900  # seconds: the offset of every time zone is a number of whole quarter hours
PARTS = (1, 2, 3, 6)  # hours
# The ends of the groups that times to the first answer are shown in, in open minutes; the last group has no end.
SPREAD = (15, 30, 60, 120, 240, 480)


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


@dataclass(frozen=True)
class Days:
    """The inquiries of one day, or of the days of one week in the period. `count` is None where it is not shown."""

    first: dt.date
    last: dt.date
    count: int | None


@dataclass
class Report:
    """All that the dashboard shows of one period."""

    period: Period
    made_at: dt.datetime
    zones: list[str] = field(default_factory=list)
    arrived: int = 0
    total: int = 0  # of `arrived`, those that count
    left_out: list[Cell] = field(default_factory=list)
    open_now: int = 0
    unclaimed_now: int = 0
    promised: int = 0  # promises that were kept or broken
    kept: int = 0
    not_due: int = 0
    first_response: Times = field(default_factory=Times)
    first_contact: Times = field(default_factory=Times)
    steps: list[Cell] = field(default_factory=list)  # one for each Step
    by_day: list[Days] = field(default_factory=list)
    by_week: list[list[int | None]] = field(default_factory=list)  # [weekday][part of the day]; None is not shown
    outside_hours: int | None = None  # None where the centres' hours differ
    hours: list[OpenHours] = field(default_factory=list)  # empty where they differ
    spread: list[int | None] = field(default_factory=list)  # one for each end in SPREAD, longer, not answered
    by_centre: list[Cell] = field(default_factory=list)
    by_guide: list[Cell] = field(default_factory=list)
    by_outcome: list[Cell] = field(default_factory=list)
    by_attempts: list[Cell] = field(default_factory=list)
    workload: list[Cell] = field(default_factory=list)

    @property
    def left_out_total(self) -> int:
        """How many that arrived don't count."""
        return self.arrived - self.total

    @property
    def kept_share(self) -> int | None:
        """How many of a hundred promises were kept; None where they are too few to say."""
        return round(100 * self.kept / self.promised) if self.promised >= SMALLEST_CELL else None


def centres_for(user: User | AnonymousUser) -> list[int]:
    """Return the ids of the centres whose reports `user` may see: those they lead; all for an auditor."""
    if has_role(user, AUDITOR):
        return list(Centre.objects.values_list("pk", flat=True))
    return led_centres(user)


def fresh_enough(centres: Iterable[Centre], period: Period, now: dt.datetime) -> Report:
    """Return the report on the period, at most FRESH_FOR old: everybody who may see it shares one."""
    chosen = sorted(centres, key=lambda centre: centre.pk)
    # The labels in it are in the language of the first reader.
    key = f"intake.report:{get_language()}:{period.first}:{period.last}:{'-'.join(str(centre.pk) for centre in chosen)}"
    made: Report | None = cache.get(key)
    if made is None:
        made = report(chosen, period, now)
        cache.set(key, made, FRESH_FOR.total_seconds())
    return made


def report(chosen: Iterable[Centre], period: Period, now: dt.datetime) -> Report:
    """Return the report on the inquiries that arrived at these centres in the period, as things stand at `now`.

    Nine queries at most, the opening hours among them unless they are prefetched for all centres. The database counts and groups,
    from one index; what depends on a time zone is counted by the quarter hour.
    """
    centres = {centre.pk: centre for centre in chosen}
    arrived = counting.arrived(centres, period)
    inquiries = counting.counted(arrived)
    made = Report(period, now, counting.zones(centres.values()))
    _add_cases(made, arrived, inquiries, centres)
    days, week_hours, outside = _days_and_hours(inquiries, made.hours)
    made.by_day = _by_day(days, period)
    made.outside_hours = outside if made.hours else None
    made.by_week = _by_week(week_hours, made.total)
    guides = inquiries.values_list("guide_slug").annotate(cases=Count("*")).order_by("guide_slug")
    made.by_guide = _guides(Counter({slug or _("none"): cases for slug, cases in guides}))
    answered = _minutes(inquiries, "response_minutes")
    made.first_response = _times(answered)
    made.spread = _spread(answered, made.total)
    made.first_contact = _times(_minutes(inquiries, "contact_minutes"))
    _add_now(made, centres)
    return made


def _add_cases(made: Report, arrived: QuerySet[Inquiry], inquiries: QuerySet[Inquiry], centres: Mapping[int, Centre]) -> None:
    """Add the totals, promises and steps, and what is counted by centre, outcome and number of attempts. Two queries.

    Also adds the opening hours, where they are the same at all centres.
    """
    groups = arrived.values_list("centre_id", "state", "outcome", "attempts_made").annotate(
        cases=Count("*"),
        reached=Count("received_at", filter=Q(contact_minutes__isnull=False)),
        **{
            state.name.lower(): Count("received_at", filter=counting.promise_state(state, made.made_at))
            for state in (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.NOT_DUE)
        },
    )
    by_centre: Counter[int] = Counter()
    by_outcome: Counter[str] = Counter()
    by_attempts: Counter[int] = Counter()
    steps: Counter[Step] = Counter()
    for centre, state, outcome, attempts, cases, reached, kept, broken, not_due in groups:
        by_outcome[outcome if state == Inquiry.State.CLOSED or outcome in counting.LEFT_OUT else ""] += cases
        made.arrived += cases
        made.kept += kept
        made.promised += kept + broken
        made.not_due += not_due
        if outcome not in counting.LEFT_OUT:
            by_centre[centre] += cases
            by_attempts[min(attempts, 5)] += cases
            steps[counting.furthest_step(outcome, reached=True, referred=False)] += reached
            steps[counting.furthest_step(outcome, reached=False, referred=False)] += cases - reached
    made.total = sum(by_centre.values())
    made.left_out = _cells(by_outcome, list(counting.LEFT_OUT.items()))
    made.by_centre = _cells(by_centre, [(pk, centre.name) for pk, centre in centres.items()])
    endings = [(outcome, label) for outcome, label in Inquiry.Outcome.choices if outcome not in counting.LEFT_OUT]
    made.by_outcome = _cells(by_outcome, [*endings, ("", _("still open"))])
    made.by_attempts = _cells(by_attempts, [(n, f"{n}" if n < 5 else "5+") for n in range(6)])
    _add_referred(steps, inquiries)
    passed = [sum(count for step, count in steps.items() if step >= wanted) for wanted in Step]
    made.steps = suppressed_steps([Cell(str(counting.STEP_LABELS[step]), count) for step, count in zip(Step, passed, strict=True)])
    made.hours = _common_hours(centres.values())


def _add_referred(steps: "Counter[Step]", inquiries: QuerySet[Inquiry]) -> None:
    """Move the cases that were ever offered to another provider to the step that this makes. One query.

    It begins with the referrals, which are few, and looks up their inquiries.
    """
    referred = Referral.objects.filter(Exists(inquiries.filter(pk=OuterRef("inquiry_id")))).order_by()
    for _pk, outcome, minutes in referred.values_list("inquiry_id", "inquiry__outcome", "inquiry__contact_minutes").distinct():
        reached = minutes is not None
        steps[counting.furthest_step(outcome, reached=reached, referred=False)] -= 1
        steps[counting.furthest_step(outcome, reached=reached, referred=True)] += 1


def _common_hours(centres: Iterable[Centre]) -> list[OpenHours]:
    """Return the usual opening hours, if they are the same at all these centres."""
    hours = [CentreHours(centre).usual() for centre in centres]
    return hours[0] if hours and all(other == hours[0] for other in hours) else []


def _days_and_hours(inquiries: QuerySet[Inquiry], hours: list[OpenHours]) -> tuple["Counter[dt.date]", "Counter[tuple[int, int]]", int]:
    """Return the number of inquiries by day and by (weekday, hour), each at its centre's time, and of those outside `hours`. One query.

    The database groups by the quarter hour in UTC, at most 96 rows a day and time zone: a change of the clocks within the period is
    too much for SQLite, and too little to read every inquiry for.
    """
    days: Counter[dt.date] = Counter()
    week_hours: Counter[tuple[int, int]] = Counter()
    outside = 0
    quarters = inquiries.values_list("centre__time_zone", QuarterHour("received_at")).annotate(cases=Count("*"))
    for zone, quarter, cases in quarters:
        local = dt.datetime.fromtimestamp(quarter * QUARTER, ZoneInfo(zone))
        days[local.date()] += cases
        week_hours[local.weekday(), local.hour] += cases
        minute = local.hour * 60 + local.minute
        if not any(open_.weekday == local.weekday() and open_.opens <= minute < open_.closes for open_ in hours):
            outside += cases
    return days, week_hours, outside


def _by_day(counts: "Counter[dt.date]", period: Period) -> list[Days]:
    """Return the count of each day, or of each week (Monday to Sunday) where the period is long or most days would be hidden."""
    by_day = _hidden(counts[day] for day in period.dates())
    if period.days <= 7 or (period.days <= MOST_DAYS and _shows_most(by_day, sum(counts.values()))):
        return [Days(day, day, count) for day, count in zip(period.dates(), by_day, strict=True)]
    weeks: dict[tuple[dt.date, dt.date], int] = {}
    for day in period.dates():
        monday = day - dt.timedelta(days=day.weekday())
        week = max(monday, period.first), min(monday + dt.timedelta(days=6), period.last)
        weeks[week] = weeks.get(week, 0) + counts[day]
    return [Days(*week, count) for week, count in zip(weeks, _hidden(weeks.values()), strict=True)]


def _by_week(counts: "Counter[tuple[int, int]]", total: int) -> list[list[int | None]]:
    """Return the counts of the parts of each weekday: hours, or the shortest parts of PARTS with which most inquiries are shown."""
    parts: list[list[int | None]] = []
    for hours in PARTS:
        cells = _hidden(
            sum(counts[weekday, hour] for hour in range(begin, begin + hours)) for weekday in range(7) for begin in range(0, 24, hours)
        )
        number = 24 // hours
        parts = [cells[number * weekday : number * weekday + number] for weekday in range(7)]
        if _shows_most(cells, total):
            break
    return parts


def _shows_most(counts: list[int | None], total: int) -> bool:
    """Return whether the numbers that are shown add up to at least half of the total."""
    return 2 * sum(count or 0 for count in counts) >= total


def _guides(counts: "Counter[str]") -> list[Cell]:
    """Return the guides that most inquiries came from, and all others together."""
    common = counts.most_common(MOST_GUIDES)
    others = sum(counts.values()) - sum(count for _slug, count in common)
    return suppressed([Cell(slug, count) for slug, count in common] + ([Cell(_("all others"), others)] if others else []))


def _spread(minutes: list[tuple[int, int]], total: int) -> list[int | None]:
    """Return how many were answered within each number of minutes of SPREAD and not sooner, later, and not at all."""
    groups = [0] * (len(SPREAD) + 1)
    for value, cases in minutes:
        groups[sum(value > end for end in SPREAD)] += cases
    return _hidden([*groups, total - sum(groups)])


def _add_now(made: Report, centres: Mapping[int, Centre]) -> None:
    """Add what is open at this moment: all, unclaimed, and by person (workload, not a ranking: by name). Two queries."""
    still_open = Inquiry.objects.filter(centre_id__in=centres, queue_rank__lt=QueueRank.CLOSED, is_drill=False)
    owners: dict[int | None, int] = {}
    for owner, cases in still_open.order_by().values_list("claimed_by").annotate(cases=Count("*")):
        owners[owner] = cases
    made.open_now = sum(owners.values())
    made.unclaimed_now = owners.pop(None, 0)
    people = sorted(User.objects.filter(pk__in=[owner for owner in owners if owner]), key=lambda person: person.shown_name)
    made.workload = [Cell(person.shown_name, owners[person.pk]) for person in people]


def _minutes(inquiries: QuerySet[Inquiry], column: str) -> list[tuple[int, int]]:
    """Return each number of minutes in a column with how many inquiries have it, in order. One query.

    Many inquiries took equally many minutes, so the percentiles of this are exact and the query is the same on PostgreSQL and
    SQLite, which has no percentiles.
    """
    counted = inquiries.filter(**{f"{column}__isnull": False}).values_list(column).annotate(cases=Count("*")).order_by(column)
    return list(counted)


def _times(minutes: list[tuple[int, int]]) -> Times:
    """Return the median and the 90th percentile."""
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


def _cells(counted: "Counter[Any]", order: list[tuple[Hashable, Any]]) -> list[Cell]:
    """Return the counts as cells, in the given order; those that could be about somebody without number."""
    return suppressed([Cell(str(label or key), counted.get(key, 0)) for key, label in order])


def _hidden(counts: Iterable[int]) -> list[int | None]:
    """Return the counts of one breakdown, None where the number is not shown."""
    return [cell.count for cell in suppressed([Cell("", count) for count in counts])]
