"""Who may write the registers, and the verbs that do. Each change is an event of the record, with codes only."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from compliance import clocks
from compliance.models import Incident, Vendor
from intake.cases import permissions
from recovery_site.staff import audit
from recovery_site.verbs import NotAllowed, Refused


def is_operator(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff and user.is_superuser


def may_see_vendors(user: User | AnonymousUser) -> bool:
    """Operators write the list of vendors, and auditors read it."""
    return is_operator(user) or has_role(user, AUDITOR)


def may_write_incidents(user: User | AnonymousUser) -> bool:
    """Operators write incidents, and leads those of their centres: they are who finds them."""
    return is_operator(user) or bool(permissions.led_centres(user))


def visible_incidents(user: User | AnonymousUser) -> QuerySet[Incident]:
    """Return the incidents that `user` may read: operators and auditors all, leads those of their centres."""
    if may_see_vendors(user):
        return Incident.objects.all()
    return Incident.objects.filter(centres__in=permissions.led_centres(user)).distinct()


def record(row: Incident | Vendor, *, by: User, what: str, fields: list[str] | None = None) -> None:
    """Record that `row` was added, changed or closed, and which columns. Call it in the transaction of the change."""
    name = "incident" if isinstance(row, Incident) else "vendor"
    audit.record("settings_changed", by=by, what=f"{name}.{what}", row=row.pk, fields=fields or [])


@transaction.atomic
def close(incident: Incident, *, by: User) -> Incident:
    """Close an incident whose notices were sent, or that is no breach; return the fresh object. Raises NotAllowed and Refused."""
    if not may_write_incidents(by) or not visible_incidents(by).filter(pk=incident.pk).exists():
        raise NotAllowed(_("Only the operator, or a lead of the center, closes an incident."))
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.closed_on is not None:
        raise Refused(_("It is closed already."))
    if waiting := clocks.running(incident):
        who = ", ".join(str(clock.who) for clock in waiting)
        raise Refused(_("It can’t be closed: not told yet: %(who)s.") % {"who": who})
    if incident.breach == Incident.Breach.UNDECIDED and incident.people != Incident.People.NONE:
        raise Refused(_("First decide whether it is a breach."))
    incident.closed_on = timezone.localdate()
    incident.save(update_fields=["closed_on"])
    record(incident, by=by, what="closed")
    return incident
