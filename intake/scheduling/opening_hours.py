"""When a centre is open: its hours and holidays in its own time zone, the minutes between two moments, and the week in words."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.models import Centre

# How far ahead an opening is looked for: a centre may open only once a week, and close for holidays.
HORIZON_DAYS = 14
# The form has no 24:00, so this closing time means midnight.
MIDNIGHT = dt.time(23, 59)
SCHEMA_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Day:
    """A weekday's name in the active language, and its opening hours in words, such as "9 a.m. – 5 p.m."."""

    name: str
    hours: list[str]  # empty when the centre is closed


@dataclass(frozen=True)
class OpenHours:
    """Usual opening hours of a weekday (0 is Monday), in minutes since midnight; a day ends at 1440."""

    weekday: int
    opens: int
    closes: int


class CentreHours:
    """The opening hours of one centre.

    Reads hours and holidays once: two queries, none where they were prefetched. All moments are aware.
    """

    def __init__(self, centre: Centre) -> None:
        self._zone = ZoneInfo(centre.time_zone)
        self._rows = list(centre.opening_hours.all())
        self._centre = centre
        self._holidays: set[dt.date] | None = None
        self._days: dict[dt.date, list[tuple[dt.datetime, dt.datetime]]] = {}

    def __bool__(self) -> bool:
        """Whether the centre has any opening hours."""
        return bool(self._rows)

    def periods(self, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield the periods (opens, closes) of the next two weeks that end after `start`, in order, in UTC."""
        today = start.astimezone(self._zone).date()
        for ahead in range(HORIZON_DAYS + 1):
            for opens, closes in self._periods_on(today + dt.timedelta(days=ahead)):
                if closes > start:
                    yield opens, closes

    def is_open(self, moment: dt.datetime) -> bool:
        """Tell whether staff answer at `moment`."""
        return any(opens <= moment < closes for opens, closes in self._periods_on(moment.astimezone(self._zone).date()))

    def opens_at(self, moment: dt.datetime) -> dt.datetime | None:
        """Return when the centre opens next (`moment` when it is open), or None when it doesn't within two weeks."""
        return next((max(opens, moment) for opens, _closes in self.periods(moment)), None)

    def after(self, minutes: int, start: dt.datetime) -> dt.datetime | None:
        """Return the moment at which the centre has been open for `minutes` since `start`; None when that is not within two weeks."""
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
        """Return the seven days from Monday on, in words of the active language."""
        days = [Day(str(WEEKDAYS[number]), []) for number in range(7)]
        for row in self._rows:
            days[row.weekday].hours.append(f"{_clock(row.opens)} – {_('midnight') if _is_midnight(row.closes) else _clock(row.closes)}")
        return days

    def usual(self) -> list[OpenHours]:
        """Return the usual hours, from Monday on, without holidays."""
        hours = [OpenHours(row.weekday, _minute(row.opens), 24 * 60 if _is_midnight(row.closes) else _minute(row.closes)) for row in self._rows]
        return sorted(hours, key=lambda open_: (open_.weekday, open_.opens))

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

    def _periods_on(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the periods of a local day, in UTC: an hour that the clocks skip or repeat is counted as it passes."""
        if self._holidays is None:
            self._holidays = {holiday.day for holiday in self._centre.holidays.all()}
        if day not in self._days:
            rows = [] if day in self._holidays else [row for row in self._rows if row.weekday == day.weekday()]
            self._days[day] = sorted((self._moment(day, row.opens), self._closing(day, row.closes)) for row in rows)
        return self._days[day]

    def _closing(self, day: dt.date, closes: dt.time) -> dt.datetime:
        return self._moment(day + dt.timedelta(days=1), dt.time()) if _is_midnight(closes) else self._moment(day, closes)

    def _moment(self, day: dt.date, clock: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, clock, self._zone).astimezone(dt.UTC)


def _is_midnight(closes: dt.time) -> bool:
    return (closes.hour, closes.minute) == (MIDNIGHT.hour, MIDNIGHT.minute)


def _minute(at: dt.time) -> int:
    return at.hour * 60 + at.minute


def _clock(at: dt.time) -> str:
    return date_format(dt.datetime.combine(dt.date.min, at), "TIME_FORMAT")
