"""How long something took, counted in a centre's opening hours."""

import datetime as dt
from zoneinfo import ZoneInfo

from intake.models import Centre


class Clock:
    """Counts the minutes in which a centre was open. Reads hours and holidays once (two queries, none if prefetched)."""

    def __init__(self, centre: Centre) -> None:
        self._zone = ZoneInfo(centre.time_zone)
        self._hours = list(centre.opening_hours.all())
        self._holidays = {holiday.day for holiday in centre.holidays.all()}
        self._days: dict[dt.date, list[tuple[dt.datetime, dt.datetime]]] = {}

    def minutes(self, start: dt.datetime, end: dt.datetime) -> float:
        """Return the open minutes between two moments (aware); all minutes when the centre has no hours at all."""
        if end <= start:
            return 0.0
        if not self._hours:
            return (end - start).total_seconds() / 60
        total = dt.timedelta()
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for opens, closes in self._open_on(day):
                total += max(dt.timedelta(), min(closes, end) - max(opens, start))
            day += dt.timedelta(days=1)
        return total.total_seconds() / 60

    def _open_on(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the stretches of opening of a local day, in UTC."""
        found = self._days.get(day)
        if found is None:
            found = []
            for hours in self._hours:
                if hours.weekday != day.weekday() or day in self._holidays:
                    continue
                opens = dt.datetime.combine(day, hours.opens, self._zone)
                closes = dt.datetime.combine(day, hours.closes, self._zone)
                # 23:59 stands for midnight, as in intake.scheduling.response_times.
                if (hours.closes.hour, hours.closes.minute) == (23, 59):
                    closes = dt.datetime.combine(day + dt.timedelta(days=1), dt.datetime.min.time(), self._zone)
                found.append((opens.astimezone(dt.UTC), closes.astimezone(dt.UTC)))
            self._days[day] = found
        return found
