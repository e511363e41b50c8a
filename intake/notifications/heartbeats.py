"""Signs of life of the worker, of housekeeping and of mail, and what follows for visitors while one of them is silent."""

import datetime as dt

from django.conf import settings
from django.db import DatabaseError

from intake.models import Heartbeat

Part = Heartbeat.Part
# How long each may be silent. The worker looks twice a second and housekeeping each minute.
LIMITS = {Part.WORKER: dt.timedelta(minutes=5), Part.HOUSEKEEPING: dt.timedelta(minutes=10), Part.MAIL: dt.timedelta(minutes=10)}
# deploy/postgresql/watch writes twice a minute. No promise to visitors depends on it.
STANDBY_LIMIT = dt.timedelta(minutes=5)
# How often a beat is written at most.
EVERY = dt.timedelta(minutes=1)

# When this process last wrote each beat.
_written: dict[str, dt.datetime] = {}


def beat(part: Part, now: dt.datetime, *, at: dt.datetime | None = None, codes: list[str] | None = None) -> bool:
    """Store that `part` was at work at `at` (by default now), at most once a minute from this process; return whether it was stored.

    One statement, without a lock. The first beat of any part also begins the time of the others, so that one that was never
    started is missed, too.
    """
    last = _written.get(part)
    if last is not None and dt.timedelta() <= now - last < EVERY:
        return False
    values = {"at": at or now} | ({} if codes is None else {"codes": codes})
    if not Heartbeat.objects.filter(part=part).update(**values):
        others = [each for each in LIMITS if each != part]
        Heartbeat.objects.bulk_create(
            [Heartbeat(part=part, **values), *(Heartbeat(part=each, at=now) for each in others)], ignore_conflicts=True
        )
    _written[part] = now
    return True


def silent(now: dt.datetime) -> list[Part]:
    """Return which parts are silent for longer than they may be. One query. A part that never ran is unknown, not silent.

    A beat of the future says nothing: until a wrong clock is right again it would hide any silence.
    """
    return _silent(_last_beats(), now)


def _last_beats() -> dict[str, dt.datetime]:
    return dict(Heartbeat.objects.filter(part__in=LIMITS).values_list("part", "at"))


def _silent(last: dict[str, dt.datetime], now: dt.datetime) -> list[Part]:
    return [part for part in LIMITS if part in last and is_silent(part, last[part], now)]


def is_silent(part: Part, at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether `part`, which was last at work at `at`, is silent at `now`."""
    return abs(now - at) > LIMITS[part]


def promises_are_kept(now: dt.datetime) -> bool:
    """Return whether all work goes on without which nobody is told of a request in time. True if the database can't say. One query.

    A site that people reach keeps none before anything ran there: the first beat ends that. Without https it may be tried so.
    """
    try:
        last = _last_beats()
    except DatabaseError:
        return True
    return bool(last or not settings.HTTPS) and not _silent(last, now)
