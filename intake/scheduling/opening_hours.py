"""When a centre is open: its usual hours, days off and special hours in its own time zone, and the same in words."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.models import Centre, Holiday, OpeningHours

# How far ahead an opening is looked for: a centre may close for weeks, and what is promised then is counted from the day it reopens.
HORIZON_DAYS = 366
WEEK = dt.timedelta(days=7)
# The form has no 24:00, so this closing time means midnight.
MIDNIGHT = dt.time(23, 59)
SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Day:
    """A weekday's name in the active language, and its opening hours in words, such as "9 a.m. – 5 p.m."."""

    name: str
    hours: list[str]  # empty when the centre is closed


@dataclass(frozen=True)
class SpecialDay:
    """One or several days on which the usual hours don't count, in words of the active language."""

    days: str  # "Thursday, November 26", or "November 30 – December 18"
    hours: str  # "9 a.m. – 1 p.m."; empty when the centre is closed
    name: str  # as the centre wrote it
    answered_by: str  # as the centre wrote it


class CentreHours:
    """The opening hours of one centre.

    Reads hours and holidays once: two queries, none where they were prefetched. All moments are aware. Hours that overlap count once.
    """

    def __init__(self, centre: Centre) -> None:
        self._zone = ZoneInfo(centre.time_zone)
        self._rows = _day_and_night() if centre.always_open else list(centre.opening_hours.all())
        self._centre = centre
        self._holidays: list[Holiday] | None = None
        self._days: dict[dt.date, list[tuple[dt.datetime, dt.datetime]]] = {}

    def __bool__(self) -> bool:
        """Whether the centre has any opening hours."""
        return bool(self._rows)

    def periods(self, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the periods (opens, closes) of the next year that end after `start`, in order, in UTC."""
        if not self._rows:
            return
        today = start.astimezone(self._zone).date()
        for ahead in range(HORIZON_DAYS + 1):
            for opens, closes in self._periods_on(today + dt.timedelta(days=ahead)):
                if closes > start:
                    yield opens, closes

    def is_open(self, moment: dt.datetime) -> bool:
        """Tell whether staff answer at `moment`."""
        return any(opens <= moment < closes for opens, closes in self._periods_on(moment.astimezone(self._zone).date()))

    def opens_at(self, moment: dt.datetime) -> dt.datetime | None:
        """Return when the centre opens next (`moment` when it is open), or None when it doesn't within a year."""
        return next((max(opens, moment) for opens, _closes in self.periods(moment)), None)

    def closes_at(self, moment: dt.datetime) -> dt.datetime | None:
        """Return when an open centre closes next; None when it doesn't within a week. A period that begins as another ends continues it."""
        end = moment
        for opens, closes in self.periods(moment):
            if opens > end:
                return end
            end = max(end, closes)
            if end - moment > WEEK:
                return None
        return end

    def special_day(self, moment: dt.datetime) -> Holiday | None:
        """Return the day off or the special hours that hold on the day of `moment`, or None."""
        return self._special(moment.astimezone(self._zone).date())

    def special_days(self, moment: dt.datetime, days: int) -> list[SpecialDay]:
        """Return the days off and special hours from the day of `moment` on that begin within `days`, in words."""
        today = moment.astimezone(self._zone).date()
        last = today + dt.timedelta(days=days)
        return [_special_day(holiday) for holiday in self._special_rows() if holiday.until >= today and holiday.day <= last]

    def after(self, minutes: int, start: dt.datetime) -> dt.datetime | None:
        """Return the moment at which the centre has been open for `minutes` since `start`; None when that is not within a year."""
        left = dt.timedelta(minutes=minutes)
        for opens, closes in self.periods(start):
            begins = max(opens, start)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        return None

    def minutes_between(self, start: dt.datetime, end: dt.datetime) -> float:
        """Return the open minutes between two moments; all minutes when the centre has no hours at all."""
        if end <= start:
            return 0.0
        if not self._rows:
            return (end - start).total_seconds() / 60
        total = dt.timedelta()
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for opens, closes in self._periods_on(day):
                total += max(dt.timedelta(), min(closes, end) - max(opens, start))
            day += dt.timedelta(days=1)
        return total.total_seconds() / 60

    def week(self) -> list[Day]:
        """Return the usual hours of the seven days from Monday on, in words of the active language."""
        days = [Day(str(WEEKDAYS[number]), []) for number in range(7)]
        for row in self._rows:
            days[row.weekday].hours.append(_words(row.opens, row.closes))
        return days

    def days_ahead(self, moment: dt.datetime) -> list[Day]:
        """Return the hours that are kept in the seven days from that of `moment` on, in words of the active language."""
        today = moment.astimezone(self._zone).date()
        days = [today + dt.timedelta(days=ahead) for ahead in range(7)]
        return [Day(str(WEEKDAYS[day.weekday()]), [_words(opens, closes) for opens, closes in self._kept_on(day)]) for day in days]

    def specification(self) -> list[dict[str, Any]]:
        """Return the hours as schema.org's openingHoursSpecification, in which midnight is written 23:59 as well."""
        return [
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{SCHEMA_DAYS[row.weekday]}",
                "opens": f"{row.opens:%H:%M}",
                "closes": f"{row.closes:%H:%M}",
            }
            for row in self._rows
        ]

    def _special_rows(self) -> list[Holiday]:
        if self._holidays is None:
            self._holidays = sorted(self._centre.holidays.all(), key=lambda holiday: holiday.day)
        return self._holidays

    def _special(self, day: dt.date) -> Holiday | None:
        """Return what holds instead of the usual hours on `day`; of two that overlap, the one that began later."""
        return next((holiday for holiday in reversed(self._special_rows()) if holiday.day <= day <= holiday.until), None)

    def _kept_on(self, day: dt.date) -> list[tuple[dt.time, dt.time]]:
        """Return (opens, closes) of a local day, in order, after days off and special hours."""
        special = self._special(day)
        if special is not None:
            return [(special.opens, special.closes)] if special.opens and special.closes else []
        return sorted((row.opens, row.closes) for row in self._rows if row.weekday == day.weekday())

    def _periods_on(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the periods of a local day, in UTC: an hour that the clocks skip or repeat is counted as it passes."""
        if day not in self._days:
            periods: list[tuple[dt.datetime, dt.datetime]] = []
            for opens, closes in self._kept_on(day):
                start, end = self._moment(day, opens), self._closing(day, closes)
                if periods and start <= periods[-1][1]:  # minutes that two rows hold are open once
                    start, end = periods[-1][0], max(periods.pop()[1], end)
                periods.append((start, end))
            self._days[day] = periods
        return self._days[day]

    def _closing(self, day: dt.date, closes: dt.time) -> dt.datetime:
        return self._moment(day + dt.timedelta(days=1), dt.time()) if _is_midnight(closes) else self._moment(day, closes)

    def _moment(self, day: dt.date, clock: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, clock, self._zone).astimezone(dt.UTC)


def _day_and_night() -> list[OpeningHours]:
    return [OpeningHours(weekday=weekday, opens=dt.time(), closes=MIDNIGHT) for weekday in range(7)]


def _special_day(holiday: Holiday) -> SpecialDay:
    if holiday.until == holiday.day:
        days = f"{WEEKDAYS[holiday.day.weekday()]}, {date_format(holiday.day, 'MONTH_DAY_FORMAT')}"
    else:
        days = " – ".join(date_format(day, "MONTH_DAY_FORMAT") for day in (holiday.day, holiday.until))
    hours = _words(holiday.opens, holiday.closes) if holiday.opens and holiday.closes else ""
    return SpecialDay(days, hours, holiday.name, holiday.answered_by)


def _words(opens: dt.time, closes: dt.time) -> str:
    if opens == dt.time() and _is_midnight(closes):
        return _("day and night")
    return f"{clock(opens)} – {_('midnight') if _is_midnight(closes) else clock(closes)}"


def _is_midnight(closes: dt.time) -> bool:
    return (closes.hour, closes.minute) == (MIDNIGHT.hour, MIDNIGHT.minute)


def clock(at: dt.time) -> str:
    """Return a time of day in words of the active language."""
    return date_format(dt.datetime.combine(dt.date.min, at), "TIME_FORMAT")
