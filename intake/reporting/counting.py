"""What counts: one definition for the dashboard, the export and the weekly mail.

A period is whole days, and a case belongs to the day that it was at its own centre when it arrived. Drills never count. Spam, what was
taken back and what was merged into another case are left out, and each report says how many that were.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import Centre, Inquiry

# What looked automatic to the site is closed as spam until a person has judged it.
LEFT_OUT: dict[str, Promise] = {
    Inquiry.Outcome.SPAM: _("spam or looked automatic"),
    Inquiry.Outcome.WITHDRAWN: _("withdrawn by the visitor"),
    Inquiry.Outcome.DUPLICATE: _("merged into another case"),
}
# A request that its sender took back, or that is answered in another case, before the promised time was not left waiting.
_NOBODY_TO_ANSWER = (Inquiry.Outcome.WITHDRAWN, Inquiry.Outcome.DUPLICATE)


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def dates(self) -> list[dt.date]:
        """Return all days in order."""
        return [self.first + dt.timedelta(days=ahead) for ahead in range(self.days)]

    def moments(self, zone: str) -> tuple[dt.datetime, dt.datetime]:
        """Return the moments (UTC) at which the first day begins and the last day has ended in the time zone called `zone`."""
        return _midnight(self.first, zone), _midnight(self.last + dt.timedelta(days=1), zone)


def last_days(days: int, today: dt.date) -> Period:
    """Return the period of so many days that ends with `today`."""
    return Period(today - dt.timedelta(days=days - 1), today)


def last_week(today: dt.date) -> Period:
    """Return the last whole week, Monday to Sunday, before the week of `today`."""
    monday = today - dt.timedelta(days=today.weekday() + 7)
    return Period(monday, monday + dt.timedelta(days=6))


def month_of(day: dt.date) -> Period:
    """Return the calendar month of `day`."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def month_before(day: dt.date) -> Period:
    """Return the calendar month before that of `day`."""
    return month_of(day.replace(day=1) - dt.timedelta(days=1))


def zones(centres: Iterable[Centre]) -> list[str]:
    """Return the names of the centres' time zones, each once."""
    return sorted({centre.time_zone for centre in centres})


def today(centres: Iterable[Centre], now: dt.datetime) -> dt.date:
    """Return the day that it is at the centres; the later one where it is two days at once."""
    return max((now.astimezone(ZoneInfo(zone)).date() for zone in zones(centres)), default=now.date())


def arrived(centres: Mapping[int, Centre], period: Period) -> QuerySet[Inquiry]:
    """Return the inquiries that arrived at these centres (by id) in the period, those that are left out among them.

    The range over all zones comes first, so that the database reads one part of the index "inquiry_by_arrival" for each centre.
    """
    by_zone: dict[str, list[int]] = defaultdict(list)
    for pk, centre in centres.items():
        by_zone[centre.time_zone].append(pk)
    moments = {zone: period.moments(zone) for zone in by_zone or {"UTC": []}}
    begin, end = min(begin for begin, _end in moments.values()), max(end for _begin, end in moments.values())
    inquiries = Inquiry.objects.filter(centre_id__in=centres, received_at__gte=begin, received_at__lt=end, is_drill=False).order_by()
    if len(by_zone) < 2:
        return inquiries
    in_own_days = Q()
    for zone, pks in by_zone.items():
        in_own_days |= Q(centre_id__in=pks, received_at__gte=moments[zone][0], received_at__lt=moments[zone][1])
    return inquiries.filter(in_own_days)


def counted(inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    """Return those of `inquiries` that count."""
    return inquiries.exclude(outcome__in=LEFT_OUT)


class PromiseState(IntEnum):
    """What became of the promised time of the first answer."""

    NONE = 0  # nothing was promised, it is spam, or nobody was left to answer before the time came
    NOT_DUE = 1
    KEPT = 2
    BROKEN = 3  # answered later, or the time ran out unanswered


def promise_state(state: PromiseState, now: dt.datetime) -> Q:
    """Return the condition for cases whose promise is in `state` (not NONE) at `now`.

    A promise counts even where the case does not: who took the request back after the time had run out was left waiting.
    """
    promised = Q(answer_by__isnull=False) & ~Q(outcome=Inquiry.Outcome.SPAM)
    if state == PromiseState.KEPT:
        return promised & Q(first_response_at__lte=F("answer_by"))
    ended_in_time = Q(outcome__in=_NOBODY_TO_ANSWER, closed_at__isnull=False, closed_at__lte=F("answer_by"))
    unanswered = promised & Q(first_response_at__isnull=True) & ~ended_in_time
    if state == PromiseState.NOT_DUE:
        return unanswered & Q(answer_by__gt=now)
    return (promised & Q(first_response_at__gt=F("answer_by"))) | (unanswered & Q(answer_by__lte=now))


class Step(IntEnum):
    """How far the way from asking to treatment went. Each step includes those before it."""

    ASKED = 0
    REACHED = 1
    OFFERED = 2
    ADMITTED = 3


STEP_LABELS: dict[Step, Promise] = {
    Step.ASKED: _("asked for help"),
    Step.REACHED: _("reached"),
    Step.OFFERED: _("offered a place"),
    Step.ADMITTED: _("admitted"),
}


def furthest_step(outcome: str, *, reached: bool, referred: bool) -> Step:
    """Return the furthest step of a case that ended with `outcome` ("" while it is open).

    A place was offered when the case was ever offered to another provider, or was closed as admitted or as referred. Who was offered a
    place was reached, whether or not somebody logged it.
    """
    if outcome == Inquiry.Outcome.ADMITTED:
        return Step.ADMITTED
    if referred or outcome == Inquiry.Outcome.REFERRED:
        return Step.OFFERED
    return Step.REACHED if reached else Step.ASKED


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
