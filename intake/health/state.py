"""What is wrong with the running site, in codes, for a monitor, the banner of the staff pages, and the doctor."""

import datetime as dt
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import CentreKey, Heartbeat, Inquiry, Notification
from intake.notifications import heartbeats
from recovery_site.database import roles
from recovery_site.doctor import machine

Part = Heartbeat.Part
# Notifications that have waited for so long although they were due.
STUCK_AFTER = dt.timedelta(hours=1)
# The hourly check is late after two hours.
DOCTOR_LATE = dt.timedelta(hours=2)
CACHED_SECONDS, CACHED_SECONDS_OF_TROUBLE = 60, 10

# What each code means for leads and operators. A code of the doctor isn't here: `manage.py doctor` says what it is.
WORDS: dict[str, Promise] = {
    "worker_silent": _("The worker is silent: nobody is told of new requests in time."),
    "housekeeping_silent": _("Housekeeping is silent: promised times are watched by nobody."),
    "mail_stuck": _("Messages to staff don’t leave as they should."),
    "mail_late": _("Messages have waited for more than an hour."),
    "key_unusable": _("The key of a center opens nothing."),
    "database": _("The database doesn’t answer."),
    "pages_silent": _("The site’s own address shows no pages."),
    "never_ran": _("The worker and housekeeping have never run."),
    "doctor_late": _("The hourly check has not run."),
    "clock_jumped": _("The clock of the server jumped: erasing and publishing wait until somebody says that it is right."),
    "standby_away": _("The second database machine is away: new requests are stored on one machine only."),
    "standby_unwatched": _("Nobody watches the two database machines."),
    "database_disk": _("The disk of the database fills up: less than 1 GB is free."),
    "backup_failed": _("The backup failed: what came in since the last one is in no backup."),
    "rehearsal_failed": _("The rehearsal of a restore failed: nobody knows whether the backups open."),
    "overwrite_failed": _("Erased words could not be removed from the files of the database."),
}
OTHER = _("The hourly check found something that must be mended.")
# The unit of a job that a timer starts, by the code by which operators are told that it failed. In a mail only.
FAILED = {"backup_failed": "recovery-backup", "rehearsal_failed": "recovery-rehearsal", "overwrite_failed": "recovery-overwrite"}
# While one of these holds, no page promises a time (intake.notifications.recipients.reaches_somebody).
SILENT = {Part.WORKER: "worker_silent", Part.HOUSEKEEPING: "housekeeping_silent", Part.MAIL: "mail_stuck"}
# While one of these holds, HEARTBEAT_URL isn't asked for. All else is mailed, and may last for days without hiding that the site died.
LIVE = frozenset(
    {*SILENT.values(), "never_ran", "database", "key_unusable", "mail_late", "clock_jumped", "doctor_late", "intake.E030", "intake.E031"}
    # Nothing can be stored, or soon: a database or a folder that takes nothing, a full disk.
    | {"doctor.E021", "doctor.E030", "doctor.E031", "doctor.E036"}
)


@dataclass(frozen=True)
class State:
    """The codes of what is wrong, the most serious first, and when they were found."""

    codes: tuple[str, ...]
    at: dt.datetime

    @property
    def ok(self) -> bool:
        return not self.codes

    @property
    def words(self) -> str:
        """A sentence a code, each once."""
        return " ".join(dict.fromkeys(str(WORDS.get(code, OTHER)) for code in self.codes))

    @property
    def promises_nothing(self) -> bool:
        """Whether the pages for visitors say to call instead of naming a time."""
        return bool(set(SILENT.values()) & set(self.codes)) or (settings.HTTPS and "never_ran" in self.codes)

    @property
    def needs_somebody_at_once(self) -> bool:
        """Whether somebody elsewhere must hear of it: people wait in vain, or nobody here can be told (LIVE)."""
        return bool(LIVE & set(self.codes))


def look(now: dt.datetime) -> State:
    """Return the state now. Three queries."""
    try:
        return State(tuple(_codes(now)), now)
    except DatabaseError:
        return State(("database",), now)


def _codes(now: dt.datetime) -> list[str]:
    beats = {row.part: row for row in Heartbeat.objects.all()}
    codes = [code for part, code in SILENT.items() if part in beats and heartbeats.is_silent(part, beats[part].at, now)]
    if not set(beats) & {Part.WORKER, Part.HOUSEKEEPING}:
        codes.append("never_ran")
    if CentreKey.objects.filter(retired_at=None, unusable_since__isnull=False, centre__accepts_inquiries=True).exists():
        codes.append("key_unusable")
    if Part.CLOCK in beats and beats[Part.CLOCK].codes:
        codes.append("clock_jumped")
    # The visitors' half may not read the outbox.
    if not roles.is_restricted() and late_notifications(now):
        codes.append("mail_late")
    doctor = beats.get(Part.DOCTOR)
    if doctor is not None:
        # Each is an id and a mark of what it is about (intake.health.rounds).
        codes += dict.fromkeys(code.partition("#")[0] for code in doctor.codes if isinstance(code, str))
        if now - doctor.at > DOCTOR_LATE and "housekeeping_silent" not in codes:
            codes.append("doctor_late")
    return codes + standby_codes(beats.get(Part.STANDBY), now)


def standby_codes(beat: Heartbeat | None, now: dt.datetime) -> list[str]:
    """Return what is wrong with the second database machine, of which `beat` is the row. Nothing where there is none."""
    if beat is None:
        return []
    if now - beat.at > heartbeats.STANDBY_LIMIT:
        return ["standby_unwatched"]
    return [code for code in beat.codes if code in WORDS]


def late_notifications(now: dt.datetime) -> int:
    """Return how many notifications were due or tried an hour ago and have not left. One query."""
    waiting = Notification.objects.filter(state=Notification.State.PENDING, happened_at__lt=now - STUCK_AFTER)
    return waiting.filter(attempts__gt=0).count() + waiting.filter(attempts=0, next_attempt_at__lt=now - STUCK_AFTER).count()


def figures(now: dt.datetime) -> dict[str, float]:
    """Return {name of a gauge: number} for /metrics: of the site, never of a person or a centre. Four queries."""
    beats = dict(Heartbeat.objects.exclude(part=Part.CLOCK).values_list("part", "at"))
    silences = {f"recovery_{part}_silent_seconds": (now - at).total_seconds() for part, at in sorted(beats.items())}
    if roles.is_restricted():
        return silences
    pending = Notification.objects.filter(state=Notification.State.PENDING)
    backups = machine.backup_times()
    return {
        **silences,
        "recovery_notifications_waiting": pending.count(),
        "recovery_notifications_late": late_notifications(now),
        "recovery_notifications_given_up_day": Notification.objects.filter(
            state=Notification.State.DEAD, next_attempt_at__gte=now - dt.timedelta(days=1)
        ).count(),
        "recovery_promises_broken_now": Inquiry.objects.filter(state=Inquiry.State.NEW, first_response_at=None, answer_by__lt=now).count(),
        **{f"recovery_backup_{what}_age_seconds": (now - at).total_seconds() for what, at in backups.items()},
    }


_cached: list[tuple[float, State]] = []
_lock = threading.Lock()


def cached() -> State:
    """Return the state as of the last minute, in this process. Three queries a minute."""
    with _lock:
        if not _cached or time.monotonic() >= _cached[0][0]:
            found = look(timezone.now())
            _cached[:] = [(time.monotonic() + (CACHED_SECONDS if found.ok else CACHED_SECONDS_OF_TROUBLE), found)]
        return _cached[0][1]
