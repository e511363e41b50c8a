"""An entry of the record as one line: who, what, of which case or whom."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.sessions.views import WAYS
from intake.cases import history, permissions
from intake.models import Event, ExportRecord, Membership, ReadingNotice

# Which values of an entry are ids of colleagues.
_PEOPLE = ("user", "to", "owner")
# What the codes of second factors are called (accounts.factors.held.WAYS).
_FACTORS = {"passkey": gettext_lazy("passkey"), "totp": gettext_lazy("authenticator app"), "recovery": gettext_lazy("recovery codes")}


@dataclass(frozen=True)
class Line:
    """One entry in words. `case` is the case's reference, empty if there is none or the reader may not know which it is."""

    event: Event
    who: str
    what: str
    about: str
    case: str
    of_a_case: bool

    @property
    def centre(self) -> str:
        """The name of the centre, empty for what belongs to the whole site."""
        centre = self.event.centre or (self.event.inquiry.centre if self.event.inquiry else None)
        return str(centre) if centre else ""


def lines(events: Collection[Event], user: User) -> list[Line]:
    """Return the entries in words, for `user`. Two queries."""
    ids = {pk for event in events for pk in _ids(event.data)}
    people = User.objects.in_bulk(list(ids)) if ids else {}
    cases = {event.inquiry_id for event in events if event.inquiry_id is not None}
    known = set(permissions.audited_cases(user).filter(pk__in=cases).values_list("pk", flat=True)) if cases else set()
    return [_line(event, people, show_case=event.inquiry_id in known) for event in events]


def _line(event: Event, people: dict[int, User], *, show_case: bool) -> Line:
    about = [people[pk].shown_name for pk in _ids(event.data) if pk in people]
    about += _codes(event)
    return Line(
        event=event,
        who=history.who(event),
        what=history.what(event),
        about=", ".join(about),
        case=event.inquiry.reference if show_case and event.inquiry else "",
        of_a_case=event.inquiry_id is not None,
    )


def _ids(data: dict[str, Any]) -> list[int]:
    """Return the ids of the colleagues whom an entry is about."""
    values = [data.get(name) for name in _PEOPLE]
    return [pk for value in values for pk in (value if isinstance(value, list) else [value]) if isinstance(pk, int)]


def _codes(event: Event) -> list[str]:
    """Return the reasons, roles and numbers of an entry in words."""
    data, words = event.data, []
    if data.get("factor") in _FACTORS:
        words.append(str(_FACTORS[data["factor"]]))
    if event.kind in {Event.Kind.SIGNED_IN, Event.Kind.CONFIRMED_IDENTITY} and data.get("way") in WAYS:
        words.append(str(WAYS[data["way"]]))
    reasons: dict[str, Any] = {**dict(ExportRecord.Reason.choices), **dict(ReadingNotice.Why.choices)}
    for name, labels in (
        ("role", dict(Membership.Role.choices)),
        ("reason", reasons),
        ("what", dict(ReadingNotice.Kind.choices)),
        ("why", reasons),
    ):
        if data.get(name) in labels:
            words.append(str(labels[data[name]]))
    if event.kind in {Event.Kind.AUDIT_READ, Event.Kind.AUDIT_EXPORTED} and "since" in data:
        words.append(_("%(since)s to %(until)s") % {"since": data["since"], "until": data.get("until", "")})
    if isinstance(data.get("rows"), int):
        words.append(_("%(n)s rows") % {"n": data["rows"]})
    return words
