"""What the worker and housekeeping do for the watch, beside their work."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import Error

from intake.crypto import fingerprints
from intake.health import bringing_back, telling, unstored
from intake.models import Event, Heartbeat
from intake.notifications import heartbeats, outbox
from intake.scheduling import clock
from recovery_site.database import outages
from recovery_site.doctor import diagnosis
from recovery_site.staff import audit

logger = logging.getLogger(__name__)

Part = Heartbeat.Part
DOCTOR_EVERY = dt.timedelta(hours=1)
# What is known by the minute without the hourly check: it would be told twice.
KNOWN_ANYWAY = frozenset({"intake.E033", "intake.E034", "intake.E036"})


def of_worker(now: dt.datetime) -> None:
    """Write the worker's sign of life, and watch the others. At most once a minute; cheap otherwise."""
    if heartbeats.beat(Part.WORKER, now):
        beat_of_mail(now)
        telling.watch(now, by=Part.WORKER)


def of_housekeeping(now: dt.datetime) -> None:
    """Write housekeeping's sign of life, watch the others, look at everything once an hour, and ask for HEARTBEAT_URL."""
    steps: list[Callable[[], object]] = [
        lambda: bringing_back.bring_back(now),
        lambda: beat_of_housekeeping(now),
        lambda: unstored.ask_for_a_page(now),
        lambda: beat_of_mail(now),
        lambda: telling.watch(now, by=Part.HOUSEKEEPING),
        lambda: watch_clock(now),
        lambda: telling.watch_standby(now),
        lambda: fingerprints.note(now),
        lambda: examine(now),
        lambda: telling.ping_switch(now),
    ]
    for step in steps:
        try:
            step()
        except Exception as error:  # the others matter all the same
            if not outages.is_away(error):  # which housekeeping says by itself
                logger.exception("A step of the watch failed")


def beat_of_housekeeping(now: dt.datetime) -> None:
    """Store housekeeping's sign of life; where the database takes none, tell the operators after a while."""
    try:
        heartbeats.beat(Part.HOUSEKEEPING, now)
        unstored.remember_operators()
    except Error:
        unstored.database.fails(now)
        raise
    unstored.database.works()


def beat_of_mail(now: dt.datetime) -> None:
    """Store up to when all urgent messages have left, and all others by the first mail server."""
    heartbeats.beat(Part.MAIL, now, at=min(outbox.oldest_held_up(now) or now, now))


def watch_clock(now: dt.datetime) -> None:
    """Log that the clock jumped, and tell the operators, once; log and record once that it is right again. Two queries.

    The record is also the newest event, so that those of the wrong clock are no sign of a wrong clock any more.
    """
    is_right = clock.is_right(now)
    row = Heartbeat.objects.filter(part=Part.CLOCK)
    if not is_right:
        # Before any moment was believed, the newest event is what there is.
        Heartbeat.objects.bulk_create([Heartbeat(part=Part.CLOCK, at=clock.last_known() or now)], ignore_conflicts=True)
        if row.filter(told_at=None).update(told_at=now):
            mend = "If it is right: manage.py clock --is-right --by NAME"
            logger.error("The clock of the server jumped: erasing and publishing wait. %s", mend)
            telling.tell("clock_jumped", now)
    elif row.exclude(told_at=None).update(told_at=None):
        audit.record(Event.Kind.SETTINGS_CHANGED, by="system", what="clock", why="right_again")
        logger.warning("The clock of the server is right again: what waited for it goes on.")


def examine(now: dt.datetime) -> bool:
    """Run the doctor once an hour, log each error with its mend, and tell the operators of new ones; return whether it ran.

    Raises OperationalError while the database is away or locked: the doctor would then find errors that are none, in each round.
    """
    row = Heartbeat.objects.filter(part=Part.DOCTOR)
    last = row.first()
    if last is not None and dt.timedelta() <= now - last.at < DOCTOR_EVERY:
        return False
    try:
        row.update(codes=last.codes if last else [])  # changes nothing
    except Error as error:
        if outages.is_away(error):
            raise
    errors = [message for message in diagnosis.diagnose(with_certificate=True) if message.is_serious() and message.id not in KNOWN_ANYWAY]
    for message in errors:
        logger.error("%s %s (%s)", message.msg, message.hint or "", message.id)
    codes = sorted({str(message.id) for message in errors})
    heartbeats.beat(Part.DOCTOR, now, codes=codes)
    if set(codes) - set(last.codes if last else ()):
        telling.tell("doctor", now)
    return True
