"""How a person may be contacted: what staff must know before anything else."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS

from intake.models import Inquiry
from intake.scheduling.opening_hours import CentreHours
from recovery_site.staff.time_zones import zone

# Nobody is promised a call in the last minutes before closing.
SHORTEST_CALL_TIME = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class SafeWindow:
    """A period of a weekday (0 is Monday), in the person's local time."""

    weekday: int
    start: dt.time
    end: dt.time

    @property
    def weekday_name(self) -> str:
        """The day's name in the reader's language."""
        return str(WEEKDAYS[self.weekday])

    def holds(self, moment: dt.datetime) -> bool:
        """Tell whether the local `moment` lies inside."""
        return moment.weekday() == self.weekday and self.start <= moment.time() < self.end


def windows(inquiry: Inquiry) -> list[SafeWindow]:
    """Return the person's safe windows in the order of the week; an empty list means that none were given."""
    found = [SafeWindow(int(day), dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for day, start, end in inquiry.safe_windows]
    return sorted(found, key=lambda window: (window.weekday, window.start))


def is_safe_time(inquiry: Inquiry, moment: dt.datetime) -> bool:
    """Tell whether calling at `moment` (aware) is inside what the person allowed; True when they set no windows."""
    if inquiry.no_longer_safe:
        return False
    given = windows(inquiry)
    local = moment.astimezone(their_zone(inquiry))
    return not given or any(window.holds(local) for window in given)


def their_zone(inquiry: Inquiry) -> ZoneInfo:
    """Return the person's time zone; the centre's when they did not say."""
    return zone(inquiry.time_zone, inquiry.centre.time_zone)


def next_safe_time(inquiry: Inquiry, after: dt.datetime) -> dt.datetime | None:
    """Return the first safe moment at or after `after` (aware); None when contact is no longer safe."""
    if inquiry.no_longer_safe:
        return None
    given = windows(inquiry)
    if not given or is_safe_time(inquiry, after):
        return after
    local = after.astimezone(their_zone(inquiry))
    starts = []
    for ahead in range(8):
        day = local.date() + dt.timedelta(days=ahead)
        starts += [
            dt.datetime.combine(day, window.start, tzinfo=local.tzinfo)
            for window in given
            if window.weekday == day.weekday() and dt.datetime.combine(day, window.start, tzinfo=local.tzinfo) >= local
        ]
    return min(starts, default=None)


def call_between(inquiry: Inquiry, after: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
    """Return when the person is called, on their own clock: the centre is open then, and they said that it is safe.

    Without windows of theirs it ends with the promised time. None when the two never meet for a quarter of an hour, contact is no
    longer safe, or nothing is promised.
    """
    if inquiry.no_longer_safe or inquiry.answer_by is None:
        return None
    zone_there, given = their_zone(inquiry), windows(inquiry)
    for opens, closes in CentreHours(inquiry.centre).periods(after):
        start, end = max(opens, after).astimezone(zone_there), closes.astimezone(zone_there)
        if not given:
            promised = inquiry.answer_by.astimezone(zone_there)
            if promised <= end:
                return min(start, promised), promised
            continue
        for ahead in range((end.date() - start.date()).days + 1):
            day = start.date() + dt.timedelta(days=ahead)
            for window in given:
                begins, ends = (dt.datetime.combine(day, clock, zone_there) for clock in (window.start, window.end))
                first, last = max(begins, start), min(ends, end)
                if window.weekday == day.weekday() and last - first >= SHORTEST_CALL_TIME:
                    return first, last
    return None
