"""System checks of backups and their rehearsals, for `manage.py doctor` and the hourly check, which mails the errors to the operators."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backups import places
from intake.models import Inquiry
from recovery_site.doctor import machine

# A night without a backup is a warning, and half a day later, before the next night, an error.
OLD, TOO_OLD = dt.timedelta(hours=26), dt.timedelta(hours=36)
# How long a new site may have requests and no backup.
FIRST_BACKUP = dt.timedelta(days=3)
# A month and a few days, for a rehearsal that is made every month.
LATE = dt.timedelta(days=40)
_MAKE = "Make one now, and let a timer make it daily (docs/operations.md, Backup)."
_MEND = "Run `manage.py restore --drill` where an identity is, and look why recovery-rehearsal didn't (docs/operations.md, Backup)."


@register("doctor", deploy=True)
def backups_are_made(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check when the last backups of data and keys were made. A site without https has nothing to lose yet."""
    if not settings.HTTPS or not settings.SERVES_STAFF:
        return []
    found: list[CheckMessage] = []
    made = machine.backup_times()
    for what in ("data", "keys"):
        at = made.get(what)
        if at is None:
            is_error = _has_requests_for(FIRST_BACKUP, databases)
            kind, code = (Error, "doctor.E032") if is_error else (Warning, "doctor.W032")
            found.append(kind(f"No backup of the {what} is known.", hint=_MAKE, id=code))
            continue
        age = timezone.now() - at
        if what == "data" and age > OLD:
            kind, code = (Error, "doctor.E033") if age > TOO_OLD else (Warning, "doctor.W033")
            found.append(kind(f"The last backup of the data is {age.days * 24 + age.seconds // 3600} hours old.", hint=_MAKE, id=code))
    return found


@register("doctor", deploy=True)
def backups_are_rehearsed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check when a backup was last restored for a rehearsal, and whether it opened. A site without https has nothing to lose yet."""
    register_of_copies = places.read_register(settings.DATA_DIR)
    if not settings.HTTPS or not settings.SERVES_STAFF or not register_of_copies:
        return []
    rehearsal = register_of_copies.get("rehearsal") or {}
    at = parse_datetime(str(rehearsal.get("at", "")))
    if at is None:
        kind, code = (Error, "backups.E003") if _has_requests_for(LATE, databases) else (Warning, "backups.W001")
        return [kind("No backup was ever restored for a rehearsal.", hint=_MEND, id=code)]
    if not rehearsal.get("went_well"):
        mend = "Read why in the log of recovery-rehearsal, make a backup now, and rehearse that one."
        return [Error(f"The rehearsal of {at:%Y-%m-%d} did not restore the backup.", hint=mend, id="backups.E001")]
    if timezone.now() - at > LATE:
        return [Error(f"The last rehearsal of a backup was on {at:%Y-%m-%d}.", hint=_MEND, id="backups.E002")]
    return []


def _has_requests_for(span: dt.timedelta, databases: Any) -> bool:
    """Return whether the first request came in longer than `span` ago; False where the database can't be asked. One query."""
    if not databases:
        return False
    try:
        return Inquiry.objects.filter(received_at__lt=timezone.now() - span).exists()
    except DatabaseError:  # doctor.E020 to E024 say what is wrong with it
        return False
