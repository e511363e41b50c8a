"""What a lead sees of the work: counts and times, no case and no person. Small numbers are not broken down."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.cases.permissions import led_centres
from intake.models import Centre, Inquiry
from intake.reporting import figures
from intake.reporting.runs import Runs

# A cell smaller than this could be about somebody: it is not shown.
SMALLEST_CELL = 5
PERIODS = (7, 30, 90)  # days
MOST_DAYS = 35  # a longer stretch is shown by weeks
FRESH_FOR = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Cell:
    """One line of a breakdown. `count` is None where the number is not shown (see `suppressed`)."""

    label: str
    count: int | None


@dataclass
class Times:
    """Minutes in opening hours. None where there are too few cases."""

    median: float | None = None
    p90: float | None = None
    cases: int = 0


@dataclass
class Report:
    """All that the dashboard shows of one stretch of time."""

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
    """Return the report on the last `days` days, at most FRESH_FOR old: everybody who looks at it shares one."""
    centres = sorted(centre_ids)
    # The names in it are in the language of who looked first.
    key = f"intake.report:{get_language()}:{days}:{'-'.join(map(str, centres))}"
    made: Report | None = cache.get(key)
    if made is None:
        made = report(centres, now - dt.timedelta(days=days), now)
        cache.set(key, made, FRESH_FOR.total_seconds())
    return made


def report(centre_ids: Iterable[int], since: dt.datetime, now: dt.datetime) -> Report:
    """Return the report on the inquiries of these centres that arrived from `since` until `now`.

    Whole days come from the stored figures, today and what changed since from the cases themselves (intake.reporting.figures): twelve
    queries at most.
    """
    centres = {centre.pk: centre for centre in Centre.objects.filter(pk__in=centre_ids).prefetch_related("opening_hours", "holidays")}
    counted, of_centre = figures.of_stretch(centres, since, now)
    made = Report(made_at=now, total=counted.total)
    made.first_response = _times(counted.response)
    made.first_contact = _times(counted.contact)
    made.promised = counted.promised + counted.unanswered.up_to(figures.moment(now))
    if made.promised >= SMALLEST_CELL:
        made.kept = counted.kept / made.promised
    days = Counter({dt.date.fromisoformat(day): cases for day, cases in counted.days.items()})
    made.by_day = _cells(*_days_or_weeks(days, _calendar(centres.values(), since, now), weekly=(now - since).days > MOST_DAYS))
    made.by_hour = _cells(Counter(counted.hours), [(f"{hour}", f"{hour:02d}") for hour in range(24)])
    made.by_centre = _cells(of_centre, [(pk, centre.name) for pk, centre in centres.items()])
    # By name, so that equal numbers always come in the same order.
    made.by_guide = _cells(Counter({slug or _("none"): cases for slug, cases in sorted(counted.guides.items())}))
    made.by_outcome = _cells(Counter(counted.outcomes), list(Inquiry.Outcome.choices))
    attempts: Counter[int] = Counter()
    for number, cases in counted.attempts.items():
        attempts[min(int(number), 5)] += cases
    made.by_attempts = _cells(attempts, [(n, f"{n}" if n < 5 else "5+") for n in range(6)])
    _add_now(made, centres)
    return made


def _calendar(centres: Iterable[Centre], since: dt.datetime, until: dt.datetime) -> list[dt.date]:
    """Return all days that it is at one of the centres between two moments: they may be in many time zones."""
    zones = {figures.zone(centre) for centre in centres} or {ZoneInfo("UTC")}
    first = min(since.astimezone(zone).date() for zone in zones)
    last = max(until.astimezone(zone).date() for zone in zones)
    return [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _days_or_weeks(
    days: "Counter[dt.date]", order: list[dt.date], *, weekly: bool
) -> tuple["Counter[dt.date]", list[tuple[Hashable, Any]]]:
    """Return the counts and the order of their labels: each day, or each week (named by its Monday) of a long stretch."""
    if weekly:
        weeks: Counter[dt.date] = Counter()
        for day, count in days.items():
            weeks[day - dt.timedelta(days=day.weekday())] += count
        days, order = weeks, sorted({day - dt.timedelta(days=day.weekday()) for day in order})
    return days, [(day, date_format(day, "D j M")) for day in order]


def _add_now(made: Report, centres: dict[int, Centre]) -> None:
    """Add what is so at this moment: open, unclaimed, and each person's open cases (workload, not a ranking: by name)."""
    still_open = Inquiry.objects.filter(centre_id__in=centres, queue_rank__lt=9)
    owners: Counter[int | None] = Counter()
    # By centre as well: so the index has them in their order, and nothing is sorted.
    for _centre, owner, cases in still_open.order_by().values_list("centre_id", "claimed_by").annotate(cases=Count("*")):
        owners[owner] += cases
    made.open_now = sum(owners.values())
    made.unclaimed_now = owners.pop(None, 0)
    people = sorted(User.objects.filter(pk__in=[owner for owner in owners if owner]), key=lambda person: person.shown_name)
    made.workload = [Cell(person.shown_name, owners[person.pk]) for person in people]


def _times(tenths: Runs) -> Times:
    cases = len(tenths)
    if cases < SMALLEST_CELL:
        return Times(cases=cases)
    # An even number of cases has two in its middle.
    lower, upper, p90 = (tenth / 10 for tenth in tenths.at((cases - 1) // 2, cases // 2, int(cases * 0.9)))
    return Times((lower + upper) / 2, p90, cases)


def _cells(counted: "Counter[Any]", order: list[tuple[Hashable, Any]] | None = None) -> list[Cell]:
    """Return the counts as cells, in the given order or the largest first; those that could be about somebody without number."""
    keys = order if order is not None else [(key, key) for key, _count in counted.most_common(20)]
    return suppressed([Cell(str(label or key), counted.get(key, 0)) for key, label in keys])


def suppressed(cells: list[Cell]) -> list[Cell]:
    """Return the cells of one breakdown with `count` None where the number is too small, or gives a small one away.

    The total stands beside the breakdown: a single hidden number would follow by subtraction, and so would small ones
    that together are few. So the next larger ones are hidden too until neither can be worked out.
    """
    hidden = {place for place, cell in enumerate(cells) if cell.count and cell.count < SMALLEST_CELL}
    others = sorted((cell.count, place) for place, cell in enumerate(cells) if cell.count and place not in hidden)
    while hidden and sum(cells[place].count or 0 for place in hidden) < SMALLEST_CELL:
        if not others:
            # All that there is would follow from the total and the zeros: then those are hidden as well.
            return [Cell(cell.label, None) for cell in cells]
        hidden.add(others.pop(0)[1])
    return [Cell(cell.label, None) if place in hidden else cell for place, cell in enumerate(cells)]
