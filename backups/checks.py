"""System checks of the rehearsals, for `manage.py doctor` and the hourly check, which tells the operators."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backups import places

# A month and a few days, for a rehearsal that is made every month.
LATE = dt.timedelta(days=40)
_MEND = "Run `manage.py restore --drill` where an identity is, and look why recovery-rehearsal didn't (docs/operations.md, Backup)."


@register("doctor", deploy=True)
def backups_are_rehearsed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check when a backup was last restored for a rehearsal, and whether it opened. A site without https has nothing to lose yet."""
    register_of_copies = places.read_register(settings.DATA_DIR)
    if not settings.HTTPS or not settings.SERVES_STAFF or not register_of_copies:
        return []
    rehearsal = register_of_copies.get("rehearsal") or {}
    at = parse_datetime(str(rehearsal.get("at", "")))
    if at is None:
        return [Warning("No backup was ever restored for a rehearsal.", hint=_MEND, id="backups.W001")]
    if not rehearsal.get("went_well"):
        mend = "Read why in the log of recovery-rehearsal, make a backup now, and rehearse that one."
        return [Error(f"The rehearsal of {at:%Y-%m-%d} did not restore the backup.", hint=mend, id="backups.E001")]
    if timezone.now() - at > LATE:
        return [Error(f"The last rehearsal of a backup was on {at:%Y-%m-%d}.", hint=_MEND, id="backups.E002")]
    return []
