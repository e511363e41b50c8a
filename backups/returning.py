"""What a site must not do once more after it was brought back to an earlier time."""

import datetime as dt
from dataclasses import dataclass

from intake.models import Inquiry, Notification

# Stands where the class of an error stands. The admin lists these among those that were given up, with "try again".
HELD_BACK = "Restored"


@dataclass(frozen=True)
class HeldBack:
    """How many messages were held back, and how many of them are of danger."""

    messages: int
    of_danger: int


def hold_back_messages(now: dt.datetime) -> HeldBack:
    """Send nothing that was due before the restore: the site that the backup is of has most likely sent it since.

    Nobody is forgotten: each case is in the queue as it was, alarms that nobody took ring on, and promised times are watched. What is
    due later was sent by nobody, and stays.
    """
    waiting = Notification.objects.filter(state=Notification.State.PENDING, next_attempt_at__lte=now)
    of_danger = waiting.filter(priority=Inquiry.Priority.DANGER).count()
    return HeldBack(waiting.update(state=Notification.State.DEAD, last_error=HELD_BACK), of_danger)
