"""Times that are proposed for a follow-up: soon, tomorrow morning, next week, inside the person's safe times."""

import datetime as dt
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from intake.models import Inquiry
from intake.scheduling import safe_times

MORNING = dt.time(9)
NAMES = ("soon", "tomorrow", "week")


class Proposal(NamedTuple):
    """A time for a follow-up (aware) with the words of its button."""

    label: str | Promise
    at: dt.datetime


def proposals(inquiry: Inquiry, now: dt.datetime) -> dict[str, Proposal]:
    """Return the proposals by their name in NAMES.

    Mornings are those of the centre. A time at which the person can't be called safely is moved to the beginning of their next safe
    time; for somebody who may only be answered in the mailbox any time will do.
    """
    zone = safe_times.zone(inquiry.centre.time_zone)
    today = now.astimezone(zone).date()

    def morning(days: int) -> dt.datetime:
        return dt.datetime.combine(today + dt.timedelta(days=days), MORNING, zone)

    def safe(moment: dt.datetime) -> dt.datetime:
        moment = moment.replace(second=0, microsecond=0)
        return safe_times.next_safe_time(inquiry, moment) or moment

    return {
        "soon": Proposal(_("In 2 hours"), safe(now + dt.timedelta(hours=2))),
        "tomorrow": Proposal(_("Tomorrow morning"), safe(morning(1))),
        "week": Proposal(_("Next week"), safe(morning(7))),
    }
