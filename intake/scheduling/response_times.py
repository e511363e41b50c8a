"""When an answer is promised: minutes counted in a centre's opening hours."""

import datetime as dt
from zoneinfo import ZoneInfo

from intake.models import Centre, Inquiry

# A centre that opens rarely may be promised for next week; further ahead no promise is worth making.
HORIZON_DAYS = 14


def minutes_for(centre: Centre, priority: int) -> int:
    """Return how many open minutes `centre` allows itself for an inquiry of `priority`."""
    return centre.promise_minutes if priority == Inquiry.Priority.NORMAL else centre.urgent_promise_minutes


def answer_by(centre: Centre, minutes: int, now: dt.datetime) -> dt.datetime | None:
    """Return when an inquiry received at `now` is to be answered, or None when the centre has no hours at all.

    Only minutes while the centre is open count, in its own time zone, so a promise made at night starts at opening.
    """
    left = dt.timedelta(minutes=minutes)
    for opens, closes in open_stretches(centre, now):
        start = max(opens, now)
        if start + left <= closes:
            return start + left
        left -= closes - start
    return None


def is_open(centre: Centre, now: dt.datetime) -> bool:
    """Tell whether staff of `centre` answer at `now`."""
    return any(opens <= now for opens, _closes in open_stretches(centre, now))


def opens_at(centre: Centre, now: dt.datetime) -> dt.datetime | None:
    """Return when `centre` opens next (`now` when it is open), or None when it has no hours."""
    for opens, _closes in open_stretches(centre, now):
        return max(opens, now)
    return None


def hours_in_words(centre: Centre) -> list[tuple[str, str]]:
    """Return the opening hours as (day, "9:00–17:00, …") in the order of the week; days that are closed are left out."""
    by_day: dict[str, list[str]] = {}
    for hours in centre.opening_hours.all():
        by_day.setdefault(hours.get_weekday_display(), []).append(f"{hours.opens:%H:%M}–{hours.closes:%H:%M}")
    return [(day, ", ".join(stretches)) for day, stretches in by_day.items()]


def there(centre: Centre, moment: dt.datetime | None) -> dt.datetime | None:
    """Return `moment` in the time zone of `centre`; None stays None."""
    return moment.astimezone(ZoneInfo(centre.time_zone)) if moment else None


def open_stretches(centre: Centre, now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the stretches of opening that end after `now`, in order, in UTC."""
    zone = ZoneInfo(centre.time_zone)
    # One query, or none when the hours were prefetched.
    by_weekday: dict[int, list] = {}
    for hours in centre.opening_hours.all():
        by_weekday.setdefault(hours.weekday, []).append(hours)
    holidays = {holiday.day for holiday in centre.holidays.all()}
    today = now.astimezone(zone).date()
    stretches = []
    for ahead in range(HORIZON_DAYS + 1):
        day = today + dt.timedelta(days=ahead)
        if day in holidays:
            continue
        for hours in by_weekday.get(day.weekday(), ()):
            opens = dt.datetime.combine(day, hours.opens, zone)
            closes = dt.datetime.combine(day, hours.closes, zone)
            # 23:59 stands for midnight: the minute must not open a gap in a night shift.
            if (hours.closes.hour, hours.closes.minute) == (23, 59):
                closes = dt.datetime.combine(day + dt.timedelta(days=1), dt.datetime.min.time(), zone)
            if closes > now:
                # In UTC, so that an hour that the clocks skip or repeat is counted as it passes.
                stretches.append((opens.astimezone(dt.UTC), closes.astimezone(dt.UTC)))
    return sorted(stretches)
