"""The audit trail as auditors, leads and operators read it: filters, pages and sums. Entries are codes; no content is read here.

Who may see which entries and which cases they are about: intake.cases.permissions.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.cases import events as case_events
from intake.cases import permissions
from intake.models import Event, Inquiry
from intake.reporting.counting import Period

Kind = Event.Kind
PAGE = 50  # entries
LONGEST = 366  # days
LONGEST_SUMS = 92  # days: of everybody at once, which reads each of their entries
MOST_EXPORTED = 50_000  # entries

# What the kinds are called in the filter. Each kind is in exactly one of them.
GROUPS = {
    "reading": (_("reading cases"), (Kind.OPENED, Kind.SUMMARISED)),
    "contact": (_("contact details"), (Kind.CONTACT_SHOWN,)),
    "searching": (_("searching"), (Kind.SEARCHED, Kind.FOUND)),
    "exports": (_("exports and prints"), (Kind.EXPORTED, Kind.EXPORT_MADE, Kind.REFERRAL_PRINTED, Kind.AUDIT_EXPORTED)),
    "outside": (
        _("told to others, and consents"),
        (
            Kind.DISCLOSED,
            Kind.REFERRED,
            Kind.REFERRAL_ANSWERED,
            Kind.HANDED_OVER,
            Kind.EMERGENCY_CALLED,
            Kind.CONSENT_RECORDED,
            Kind.CONSENT_ASKED,
            Kind.CONSENT_DECLINED,
            Kind.CONSENT_NARROWED,
            Kind.CONSENT_REVOKED,
        ),
    ),
    "changes": (
        _("changes to cases"),
        (
            Kind.CLAIMED,
            Kind.RELEASED,
            Kind.ASSIGNED,
            Kind.ATTEMPTED,
            Kind.REPLIED,
            Kind.REPLY_TAKEN_BACK,
            Kind.NOTE_ADDED,
            Kind.CLOSED,
            Kind.REOPENED,
            Kind.QUEUED,
            Kind.RECUSED,
            Kind.WATCHED,
            Kind.UNWATCHED,
            Kind.MERGED,
            Kind.UNMERGED,
            Kind.BLOCKED,
            Kind.PRESCREENED,
            Kind.WAIT_LISTED,
            Kind.WAIT_LIST_LEFT,
            Kind.FOLLOW_UP_PLANNED,
            Kind.PRIORITY_CHANGED,
            Kind.DANGER_RESOLVED,
            Kind.DANGER_AGAIN,
            Kind.ACKNOWLEDGED,
            Kind.RECEIPT_REPLACED,
        ),
    ),
    "refusals": (_("refusals"), (Kind.REFUSED, Kind.SIGN_IN_FAILED)),
    "sign_ins": (
        _("signing in"),
        (
            Kind.SIGNED_IN,
            Kind.SIGNED_OUT,
            Kind.SESSION_ENDED,
            Kind.CONFIRMED_IDENTITY,
            Kind.FACTOR_ADDED,
            Kind.FACTOR_REMOVED,
            Kind.PASSWORD_LINK_SENT,
            Kind.PASSWORD_CHOSEN,
        ),
    ),
    "people": (
        _("roles, people and settings"),
        (
            Kind.ACCOUNT_ADDED,
            Kind.ACCOUNT_CHANGED,
            Kind.ACCOUNT_SWITCHED_OFF,
            Kind.MEMBER_PROPOSED,
            Kind.MEMBER_ADDED,
            Kind.MEMBER_REFUSED,
            Kind.MEMBER_REMOVED,
            Kind.ROLE_CHANGED,
            Kind.SETTINGS_CHANGED,
        ),
    ),
    "keys": (_("keys"), (Kind.KEY_CREATED, Kind.KEY_ROTATED, Kind.KEY_RETIRED, Kind.KEY_RECOVERED)),
    "erasing": (
        _("erasing and holds"),
        (Kind.ERASED, Kind.WITHDRAWN, Kind.HOLD_SET, Kind.HOLD_LIFTED, Kind.ERASING_WAITS, Kind.ERASING_ALLOWED),
    ),
    "record": (
        _("this record: read, verified, and unusual reading"),
        (Kind.AUDIT_READ, Kind.UNUSUAL_READING, Kind.READING_CHECKED, Kind.AUDIT_VERIFIED, Kind.AUDIT_FAILED),
    ),
    "visitor": (
        _("what the person who wrote did"),
        (
            Kind.RECEIVED,
            Kind.VISITOR_WROTE,
            Kind.MAILBOX_OPENED,
            Kind.MORE_URGENT,
            Kind.LESS_URGENT,
            Kind.CONTACT_CHANGED,
            Kind.UNSAFE,
            Kind.DOWNLOADED,
            Kind.RECEIPT_RENEWED,
        ),
    ),
    "site": (
        _("what the site did"),
        (
            Kind.NOTIFIED,
            Kind.ESCALATED,
            Kind.RUNG,
            Kind.NOBODY_TOLD,
            Kind.REPLY_UNREAD,
            Kind.VISITOR_TOLD,
            Kind.VISITOR_TEXTED,
            Kind.VISITOR_NOT_TOLD,
        ),
    ),
}
# What is no colleague's doing: left out unless it is asked for.
_NOT_STAFF = tuple(kind for group in ("visitor", "site") for kind in GROUPS[group][1])
EVERYTHING = "all"


@dataclass(frozen=True)
class Wanted:
    """The entries to show: of `period` (days of the time zone called `zone`), and of one person, case, centre or group if these are given.

    `kinds` is a key of GROUPS, EVERYTHING, or empty for what staff did.
    """

    period: Period
    zone: str
    person: int | None = None
    case: Inquiry | None = None
    centre: int | None = None
    kinds: str = ""

    def codes(self) -> dict[str, Any]:
        """Return the filter as it stands in the event that records the reading."""
        chosen = {"user": self.person, "case": self.case and self.case.reference, "kinds": self.kinds or None}
        period = {"since": self.period.first.isoformat(), "until": self.period.last.isoformat()}
        return period | {name: value for name, value in chosen.items() if value is not None}


@dataclass(frozen=True)
class Place:
    """A place in the list, just after the entry with this time and id."""

    at: dt.datetime
    pk: int

    @property
    def token(self) -> str:
        """The place as it stands in an address."""
        return f"{(self.at - _EPOCH) // dt.timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def from_token(cls, token: str) -> "Place | None":
        """Return the place, None for what is none."""
        if not re.fullmatch(r"\d{1,17}-\d{1,18}", token, re.ASCII):
            return None
        microseconds, pk = token.split("-")
        return cls(_EPOCH + dt.timedelta(microseconds=int(microseconds)), int(pk))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def entries(wanted: Wanted, user: User, *, until: dt.datetime | None = None) -> QuerySet[Event]:
    """Return the entries that `user` wants and may see, the newest first; with `until`, none that is later."""
    start, end = wanted.period.moments(wanted.zone)
    if until is not None:
        # One upper bound: of two, SQLite uses one to find its place in the index, and reads all rows up to the other.
        end = min(end, until + dt.timedelta(microseconds=1))
    events = permissions.visible_events(user).filter(at__gte=start, at__lt=end)
    if wanted.person is not None:
        events = events.filter(actor=wanted.person)
    if wanted.case is not None:
        events = events.filter(inquiry=wanted.case)
    if wanted.centre is not None:
        events = events.filter(centre=wanted.centre)
    if wanted.kinds in GROUPS:
        events = events.filter(kind__in=GROUPS[wanted.kinds][1])
    elif wanted.kinds != EVERYTHING:
        events = events.exclude(kind__in=_NOT_STAFF)
    return events.order_by("-at", "-id")


def page(wanted: Wanted, user: User, after: Place | None = None) -> tuple[list[Event], Place | None]:
    """Return PAGE entries after a place, with all that a line shows, and the place where the next page begins (None: there is none)."""
    events = entries(wanted, user, until=after.at if after else None)
    if after is not None:
        events = events.filter(Q(at__lt=after.at) | Q(id__lt=after.pk))
    rows = list(events.select_related("actor", "centre", "inquiry__centre").defer("inquiry__sealed", "inquiry__submission")[: PAGE + 1])
    more = len(rows) > PAGE
    return rows[:PAGE], Place(rows[PAGE - 1].at, rows[PAGE - 1].pk) if more else None


def record_reading(wanted: Wanted, user: User, **codes: Any) -> None:
    """Record that `user` read the audit trail."""
    case_events.record_beside_cases(Kind.AUDIT_READ, by=user, centre_id=wanted.centre, **wanted.codes(), **codes)


@dataclass(frozen=True)
class Sum:
    """What one person did in a period. `person` is None for a former colleague whose account is gone."""

    person: User | None
    cases: int
    openings: int
    contacts: int
    searches: int
    exports: int
    refusals: int
    first: dt.datetime
    last: dt.datetime


def sums(wanted: Wanted, user: User) -> list[Sum]:
    """Return what each person did of what is wanted, who opened the most cases first. Two queries.

    They read each opening, search and the like of the period: about 30 ms a thousand cases opened.
    """
    of_kind: dict[str, Any] = {name: Count("id", filter=Q(kind__in=GROUPS[name][1])) for name in _SUMMED}
    of_kind["searching"] = Count("id", filter=Q(kind=Kind.SEARCHED))  # a search once, however many it found
    # Annotated by name, which the type checker can't follow.
    counted: Any = (
        entries(wanted, user)
        .filter(kind__in=_COUNTED)
        .exclude(actor=None)
        .order_by()
        .values("actor")
        .annotate(
            cases=Count("inquiry", filter=Q(kind=Kind.OPENED), distinct=True),
            first=Min("at"),
            last=Max("at"),
            **of_kind,
        )
    )
    found = list(counted.order_by("-cases", "-contact", "actor"))
    people = User.objects.in_bulk([row["actor"] for row in found])
    return [
        Sum(
            person=people.get(row["actor"]),
            cases=row["cases"],
            openings=row["reading"],
            contacts=row["contact"],
            searches=row["searching"],
            exports=row["exports"],
            refusals=row["refusals"],
            first=row["first"],
            last=row["last"],
        )
        for row in found
    ]


_SUMMED = ("reading", "contact", "searching", "exports", "refusals")
_COUNTED = tuple(kind for group in _SUMMED for kind in GROUPS[group][1])
