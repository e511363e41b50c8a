"""What the worker and housekeeping do for the watch, beside their work."""

import datetime as dt
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable

from django.core.checks import CheckMessage
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
DOCTOR_AGAIN = dt.timedelta(days=1)  # how soon the same findings are told again
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
    """Store and log that the clock jumped, and tell the operators; log and record once that it is right again. Two queries
    while it is right.

    The record is also the newest event, so that those of the wrong clock are no sign of a wrong clock any more.
    """
    is_right = clock.is_right(now)
    row = Heartbeat.objects.filter(part=Part.CLOCK)
    if not is_right:
        # Before any moment was believed, the newest event is what there is.
        Heartbeat.objects.bulk_create([Heartbeat(part=Part.CLOCK, at=clock.last_known() or now)], ignore_conflicts=True)
        row.update(codes=["clock_jumped"])
        mend = "If it is right: manage.py clock --is-right --by NAME"
        line = f"The clock of the server jumped: erasing and publishing wait. {mend}"
        telling.tell_once(Part.CLOCK, {"clock_jumped": line}, now)
    elif row.exclude(told_at=None, codes=[]).update(told_at=None, codes=[]):
        audit.record(Event.Kind.SETTINGS_CHANGED, by="system", what="clock", why="right_again")
        logger.warning("The clock of the server is right again: what waited for it goes on.")


def examine(now: dt.datetime) -> bool:
    """Run the doctor once an hour, log each error with its mend, and tell the operators of all in one mail; return whether it ran.

    They are told when one is new, once a day while any lasts, and again the next time when nobody could be told. That is stored before
    they are told (told_at=None): a process that is killed meanwhile leaves it to the next one.

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
    codes = sorted(_code(message) for message in errors)
    told_at = last.told_at if last else None
    is_new = bool(Counter(codes) - Counter(last.codes if last else ()))
    is_due = is_new or not codes or told_at is None or not dt.timedelta() <= now - told_at < DOCTOR_AGAIN
    if is_due:
        row.update(told_at=None)
    heartbeats.beat(Part.DOCTOR, now, codes=codes)
    if codes and is_due and telling.tell("doctor", now, [_line(message) for message in errors]):
        row.update(told_at=now)
    return True


def _code(message: CheckMessage) -> str:
    """Return the id of `message` with a mark of what it is about, such as which centre, and not of its figures, which change hourly."""
    about = re.sub(r"\d+", "", str(message.msg))
    return f"{message.id}#{hashlib.sha256(about.encode()).hexdigest()[:8]}"


def _line(message: CheckMessage) -> str:
    return f"{message.msg} ({message.id})" + (f"\n    {message.hint}" if message.hint else "")
