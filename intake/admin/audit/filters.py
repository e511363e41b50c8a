"""What is asked of the record: from the address of the page, with what the fields above it offer."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake import identifiers
from intake.cases import permissions
from intake.models import Centre, Membership
from intake.oversight import entries
from intake.reporting.counting import Period, last_days
from intake.scheduling import safe_times
from recovery_site.staff.paths import number

DAYS = 30  # shown without a choice


@dataclass
class Filter:
    """What is asked for, and sentences about what could not be understood or is nothing that this person may see."""

    wanted: entries.Wanted
    faults: list[str] = field(default_factory=list)
    person: User | None = None

    @property
    def query(self) -> str:
        """The filter as it stands in an address."""
        wanted = self.wanted
        values = {
            "who": wanted.person or "",
            "case": wanted.case.reference if wanted.case else "",
            "centre": wanted.centre or "",
            "kinds": wanted.kinds,
            "first": wanted.period.first.isoformat(),
            "last": wanted.period.last.isoformat(),
        }
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def longest(self) -> bool:
        """Whether the period is as long as one can be."""
        return self.wanted.period.days >= entries.LONGEST

    @property
    def one_day(self) -> bool:
        """Whether the period is a single day."""
        return self.wanted.period.days == 1


def asked(data: QueryDict, user: User, now: dt.datetime, *, sums: bool = False) -> Filter:
    """Return what the parameters of an address ask for, limited to what `user` may see. Up to three queries.

    `sums` asks for the sums of everybody, of entries.LONGEST_SUMS at most.
    """
    zone = safe_times.zone(user.time_zone).key
    faults: list[str] = []
    case = None
    if typed := data.get("case", "").strip()[:20]:
        case = permissions.audited_cases(user).filter(reference=identifiers.reference_as_typed(typed)).only("reference", "centre").first()
        if case is None:
            faults.append(_("There is no case of this number that you may see. All cases are shown."))
    today = now.astimezone(safe_times.zone(user.time_zone)).date()
    # Of one case all is shown, as far back as can be: who ever read it.
    period = _period(data, last_days(entries.LONGEST if case else DAYS, today), faults)
    if sums and period.days > entries.LONGEST_SUMS:
        faults.append(_("Sums are of %(n)s days at most: those that end with the last day.") % {"n": entries.LONGEST_SUMS})
        period = last_days(entries.LONGEST_SUMS, period.last)
    person = User.objects.filter(pk=number(data.get("who", "")) or 0).first()
    centre = number(data.get("centre", ""))
    if centre is not None and not centres_of(user).filter(pk=centre).exists():
        centre = None
    kinds = data.get("kinds", "")
    kinds = kinds if kinds in entries.GROUPS or kinds == entries.EVERYTHING else ""
    return Filter(entries.Wanted(period, zone, person.pk if person else None, case, centre, kinds), faults, person)


def _period(data: QueryDict, usual: Period, faults: list[str]) -> Period:
    last = _date(data.get("last", ""), usual.last, faults)
    first = _date(data.get("first", ""), min(usual.first, last), faults)
    if first > last:
        faults.append(_("The first day was after the last one: they were exchanged."))
        first, last = last, first
    if (last - first).days >= entries.LONGEST:
        faults.append(_("At most a year is shown: the year that ends with the last day."))
        first = last - dt.timedelta(days=entries.LONGEST - 1)
    return Period(first, last)


def _date(typed: str, otherwise: dt.date, faults: list[str]) -> dt.date:
    if not typed:
        return otherwise
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        faults.append(_("“%(typed)s” is no day.") % {"typed": typed[:20]})
        return otherwise
    return day


def centres_of(user: User) -> QuerySet[Centre]:
    """Return the centres whose entries `user` may see."""
    if permissions.reads_whole_record(user):
        return Centre.objects.all()
    return Centre.objects.filter(pk__in=permissions.led_centres(user))


def people_of(user: User, chosen: User | None) -> list[User]:
    """Return the colleagues who are offered in the filter: all staff, for a lead the members of their centres; and who is chosen."""
    people = User.objects.filter(is_staff=True)
    if not permissions.reads_whole_record(user):
        people = people.filter(pk__in=Membership.objects.filter(centre__in=permissions.led_centres(user)).values("user"))
    found = list(people)
    if chosen is not None and chosen not in found and permissions.visible_events(user).filter(actor=chosen).exists():
        found.append(chosen)
    return sorted(found, key=lambda person: person.shown_name.lower())


def choices(user: User, chosen: Filter) -> dict[str, Any]:
    """Return what the fields above the record offer."""
    return {
        "people": people_of(user, chosen.person),
        "centres": centres_of(user).order_by("name"),
        "kinds": [
            ("", _("all that colleagues did")),
            *((key, title) for key, (title, _kinds) in entries.GROUPS.items()),
            (entries.EVERYTHING, _("everything")),
        ],
        "sees_cases": has_role(user, AUDITOR) or bool(permissions.led_centres(user)),
    }
