"""Until when who must be told of a breach: 45 CFR 164.404 to 164.408, which 42 CFR 2.16 applies to Part 2 records as well.

The days are the latest; each notice is due "without unreasonable delay". State laws may be shorter and are not computed.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.models import Incident, Vendor

DAYS = 60
NEAR = dt.timedelta(days=20)  # from then on it is shown in red
REVIEW_AHEAD = dt.timedelta(days=14)
NO_BREACH = (Incident.Breach.LOW_RISK, Incident.Breach.SECURED, Incident.Breach.EXCEPTION)


@dataclass(frozen=True)
class Clock:
    """A notice that is due: to whom, on which day at the latest, under which section."""

    who: Promise
    due: dt.date
    section: str

    def days_left(self, today: dt.date) -> int:
        """Return the days from `today`; negative when it is late."""
        return (self.due - today).days

    def is_near(self, today: dt.date) -> bool:
        return self.due - today <= NEAR


def running(incident: Incident) -> list[Clock]:
    """Return the notices of `incident` that were not sent yet, the next first. None when it is no breach, or nobody is affected."""
    if incident.closed_on or incident.breach in NO_BREACH or incident.people == Incident.People.NONE:
        return []
    last_day = incident.found_on + dt.timedelta(days=DAYS)
    clocks = []
    if incident.people_told_on is None:
        clocks.append(Clock(_("the people concerned"), _delayed(incident, last_day), "164.404"))
    if incident.many_in_one_state and incident.media_told_on is None:
        clocks.append(Clock(_("newspapers and stations"), _delayed(incident, last_day), "164.406"))
    if incident.hhs_told_on is None:
        clocks.append(Clock(_("HHS"), _delayed(incident, _hhs_day(incident, last_day)), "164.408"))
    return sorted(clocks, key=lambda clock: clock.due)


def _hhs_day(incident: Incident, last_day: dt.date) -> dt.date:
    """Return the last day for HHS: with the people when 500 or more, otherwise 60 days after the end of the year.

    While the number isn't known, as if there were many.
    """
    if incident.people in (Incident.People.LARGE, Incident.People.UNKNOWN) or incident.many_in_one_state:
        return last_day
    return dt.date(incident.found_on.year, 12, 31) + dt.timedelta(days=DAYS)


def _delayed(incident: Incident, day: dt.date) -> dt.date:
    return max(day, incident.delayed_until) if incident.delayed_until else day


def open_incidents() -> QuerySet[Incident]:
    """Return the incidents that aren't closed."""
    return Incident.objects.filter(closed_on=None)


def vendors_due(today: dt.date) -> QuerySet[Vendor]:
    """Return the vendors in use that are to be looked at within two weeks, or whose agreement is missing or ends then."""
    soon = today + REVIEW_AHEAD
    without = Q(sees_health_data=True) & (Q(agreement_signed_on=None) | Q(agreement_until__lte=soon))
    return Vendor.objects.filter(Q(review_on__lte=soon) | without, ended_on=None)
