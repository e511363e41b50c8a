"""The effects of a centre's settings, for the preview of changes: facts before and after, and their difference."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.models import Centre, Holiday, Inquiry, Membership
from intake.notifications import recipients
from intake.retention import policy
from intake.scheduling import response_times
from intake.scheduling.opening_hours import CentreHours, clock
from recovery_site.staff import time_zones

MOST = 1000  # cases are counted up to this number


@dataclass(frozen=True)
class Change:
    """A fact before and after a change."""

    what: str
    before: str
    after: str


def facts(centre: Centre, now: dt.datetime) -> dict[str, str]:
    """Return the effects of the centre's stored settings as {label: text}, in a fixed order."""
    # Reload, because related rows may have been changed as well.
    centre = Centre.objects.prefetch_related("opening_hours", "holidays", "retention_rules").get(pk=centre.pk)
    normal, urgent = (response_times.minutes_for(centre, priority) for priority in (Inquiry.Priority.NORMAL, Inquiry.Priority.URGENT))
    hours = CentreHours(centre)
    people = list(Membership.objects.filter(centre=centre, user__is_active=True, user__is_staff=True).select_related("user"))
    today = now.astimezone(ZoneInfo(centre.time_zone)).date()
    ahead = [holiday for holiday in centre.holidays.all() if holiday.until >= today]
    notified = [person for person in people if person.notify and person.user.email]
    return {
        _("Takes new inquiries"): _taking(centre, now),
        _("Open now"): _("yes") if hours.is_open(now) else _("no"),
        _("Opens next"): _moment(centre, hours.opens_at(now)),
        _("Someone who writes now is promised an answer by"): _moment(centre, hours.after(normal, now)),
        _("Someone in danger who writes now is promised an answer by"): _moment(centre, hours.after(urgent, now)),
        _("Opening hours"): "; ".join(f"{day.name} {', '.join(day.hours)}" for day in hours.week() if day.hours) or _("no hours"),
        _("Closed for holidays"): ", ".join(_days(holiday) for holiday in ahead if not holiday.opens) or _("on no day"),
        _("Special hours"): ", ".join(_special_hours(holiday) for holiday in ahead if holiday.opens) or _("on no day"),
        _("May work on its cases"): _names(people),
        _("Leads"): _names([person for person in people if person.role == Membership.Role.LEAD]),
        _("Told of new inquiries by e-mail"): _names(notified),
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


def _days(holiday: Holiday) -> str:
    days = [holiday.day] if holiday.until == holiday.day else [holiday.day, holiday.until]
    return " – ".join(date_format(day, "D j M") for day in days)


def _special_hours(holiday: Holiday) -> str:
    if holiday.opens is None or holiday.closes is None:
        return _days(holiday)
    return f"{_days(holiday)} {clock(holiday.opens)}–{clock(holiday.closes)}"


def _moment(centre: Centre, moment: dt.datetime | None) -> str:
    if moment is None:
        return _("never: it has no opening hours")
    return time_zones.moment_in_words(moment, ZoneInfo(centre.time_zone))


def _names(people: list[Membership]) -> str:
    return ", ".join(sorted(person.user.shown_name for person in people)) or _("nobody")


def _erased(centre: Centre, until: dt.datetime) -> str:
    count = sum(policy.due(rule, until)[:MOST].count() for rule in centre.retention_rules.all())
    if count >= MOST:
        return _("%(n)d or more cases") % {"n": MOST}
    return ngettext("%(n)d case", "%(n)d cases", count) % {"n": count}
