"""Events about people and keys as sentences, for the page and the mail. They name colleagues, and no visitor."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.changes import OPERATOR
from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR
from intake.models import Event, Membership, MembershipProposal

ROLES = {
    Membership.Role.TRIAGE.value: gettext_lazy("triage"),
    Membership.Role.LEAD.value: gettext_lazy("lead"),
    EDITOR: gettext_lazy("editor"),
    CLINICAL_REVIEWER.replace(" ", "_"): gettext_lazy("clinical reviewer"),
    AUDITOR: gettext_lazy("auditor"),
    OPERATOR: gettext_lazy("operator"),
}
REASONS = {
    "alone": gettext_lazy("nobody else could confirm it"),
    "confirmed": gettext_lazy("confirmed by a second person"),
    "first_lead": gettext_lazy("set-up of a new center"),
    "recovery": gettext_lazy("the center has no lead; it takes effect after 24 hours if nobody objects"),
    "nobody_objected": gettext_lazy("nobody objected for 24 hours"),
    "not_possible": gettext_lazy("it was not possible any more"),
    "expired": gettext_lazy("nobody confirmed it in time"),
    "taken_back": gettext_lazy("taken back"),
    **dict(MembershipProposal.Reason.choices),
}
CHANGES = {
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone"),
    "username": gettext_lazy("user name"),
    "display_name": gettext_lazy("name"),
    "switched_on": gettext_lazy("switched on again"),
}


def lines(events: Iterable[Event]) -> list[str]:
    """Return each event as a line with its time in the current zone. One query for the names."""
    rows = list(events)
    people = User.objects.in_bulk({pk for event in rows if isinstance(pk := event.data.get("user"), int)})
    return [f"{date_format(timezone.localtime(event.at), 'SHORT_DATETIME_FORMAT')} {_line(event, people)}" for event in rows]


def _line(event: Event, people: dict[int, User]) -> str:
    person = people.get(event.data.get("user", 0))
    parts = [str(event.centre) if event.centre else _("Whole site"), capfirst(str(event.get_kind_display()))]
    line = ": ".join(parts)
    if person is not None:
        line += f": {person.shown_name}"
    details = [detail for detail in _details(event) if detail]
    return f"{line} ({'; '.join(details)})" if details else line


def _details(event: Event) -> list[str]:
    data = event.data
    role = str(ROLES.get(data.get("role", ""), ""))
    if "given" in data:
        role = (_("%(role)s given") if data["given"] else _("%(role)s taken away")) % {"role": role}
    what = data.get("what")
    changed = ", ".join(str(CHANGES[code]) for code in what if code in CHANGES) if isinstance(what, list) else ""
    proposed = ""
    if event.kind == Event.Kind.MEMBER_PROPOSED and what == MembershipProposal.Kind.REMOVAL:
        proposed = str(MembershipProposal.Kind.REMOVAL.label)
    count = _("%(n)s cases") % {"n": data["rows"]} if isinstance(data.get("rows"), int) else ""
    actor = _("by %(name)s") % {"name": event.actor.shown_name} if event.actor else ""
    if data.get("by") == "command":
        actor = _("at the server’s shell")
    return [role, proposed, changed, count, str(REASONS.get(data.get("why", ""), "")), actor]
