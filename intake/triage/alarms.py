"""Saying "I have it" to the alarm of a case."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.models import Alarm, Inquiry
from intake.notifications import alarms
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def acknowledge(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Stop ringing for the case: `by` looks after it now. Raises Refused, with the name, when somebody else was first."""
    inquiry = base.get_for_update(inquiry, "acknowledge", by=by, to_read=True)
    if alarms.acknowledge(inquiry, by=by, via=Alarm.Via.ADMIN, now=timezone.now()):
        return inquiry
    last = Alarm.objects.filter(inquiry=inquiry).select_related("acknowledged_by").last()
    first = last.acknowledged_by if last else None
    if first is not None and first.pk != by.pk:
        raise Refused(_("%(name)s has it already.") % {"name": first.shown_name})
    return inquiry
