"""What a change of a centre's settings would do, said before it is stored: facts now, facts then, the difference."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Centre, Inquiry, Membership
from intake.notifications import recipients
from intake.retention import policy
from intake.scheduling import response_times

MOST = 1000  # cases that are counted; more are "1000+"


@dataclass(frozen=True)
class Change:
    """One fact as it is and as it would be."""

    what: str
    before: str
    after: str


def facts(centre: Centre, now: dt.datetime) -> dict[str, str]:
    """Return what follows from the centre's settings as they are stored at this moment, in words, in a fixed order."""
    # Read anew: hours and people may have been changed beside it.
    centre = Centre.objects.prefetch_related("opening_hours", "holidays", "retention_rules").get(pk=centre.pk)
    normal, urgent = (response_times.minutes_for(centre, priority) for priority in (Inquiry.Priority.NORMAL, Inquiry.Priority.URGENT))
    people = list(Membership.objects.filter(centre=centre, user__is_active=True, user__is_staff=True).select_related("user"))
    ahead = [holiday.day for holiday in centre.holidays.all() if holiday.day >= now.date()]
    told = [person for person in people if person.notify and person.user.email]
    return {
        _("Takes new inquiries"): _taking(centre, now),
        _("Open now"): _("yes") if response_times.is_open(centre, now) else _("no"),
        _("Opens next"): _moment(centre, response_times.opens_at(centre, now)),
        _("Who writes now is promised an answer by"): _moment(centre, response_times.answer_by(centre, normal, now)),
        _("Who writes now in danger is promised an answer by"): _moment(centre, response_times.answer_by(centre, urgent, now)),
        _("Opening hours"): "; ".join(f"{day} {hours}" for day, hours in response_times.hours_in_words(centre)) or _("no hours"),
        _("Closed for holidays"): ", ".join(date_format(day, "D j M") for day in ahead) or _("on no day"),
        _("May work on its cases"): _names(people),
        _("Leads"): _names([person for person in people if person.role == Membership.Role.LEAD]),
        _("Told of new inquiries by e-mail"): _names(told),
        _("On call now"): ", ".join(person.shown_name for person in recipients.on_call(centre, now)) or _("nobody"),
        _("Tries to reach someone"): _("%(tries)d in %(days)d days") % {"tries": centre.cadence_tries, "days": centre.cadence_days},
        _("Closed cases erased by this time tomorrow"): _erased(centre, now + dt.timedelta(days=1)),
    }


def changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """Return the facts that differ."""
    return [Change(what, before.get(what, ""), then) for what, then in after.items() if before.get(what, "") != then]


def _taking(centre: Centre, now: dt.datetime) -> str:
    if not centre.accepts_inquiries:
        return _("no")
    if centre.paused_until and centre.paused_until > now:
        return _("not until %(time)s") % {"time": _moment(centre, centre.paused_until)}
    return _("yes")


def _moment(centre: Centre, moment: dt.datetime | None) -> str:
    if moment is None:
        return _("never: it has no opening hours")
    there = moment.astimezone(ZoneInfo(centre.time_zone))
    return date_format(there, "D j M H:i") + f" {there:%Z}"


def _names(people: list[Membership]) -> str:
    return ", ".join(sorted(person.user.shown_name for person in people)) or _("nobody")


def _erased(centre: Centre, until: dt.datetime) -> str:
    found = sum(policy.due(rule, until)[:MOST].count() for rule in centre.retention_rules.all())
    if found >= MOST:
        return _("%(n)d or more cases") % {"n": MOST}
    return ngettext("%(n)d case", "%(n)d cases", found) % {"n": found}
