"""Transfer of cases to another centre."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.assessment import readiness
from intake.cases import case_keys, events
from intake.crypto import keyring
from intake.models import Centre, Event, Inquiry, KeyWrap, Watch
from intake.notifications import alarms, outbox
from intake.notifications.kinds import Kind
from intake.scheduling import response_times
from intake.triage import base, claims
from recovery_site.verbs import Refused


@transaction.atomic
def hand_over(inquiry: Inquiry, *, by: User, version: int, to: Centre) -> Inquiry:
    """Transfer the case to another centre. Its key is wrapped to that centre, and this one can't open it any more.

    The response deadline is computed again from the opening hours of `to`. A case in danger rings there. Raises Refused if
    `to` can't take inquiries: it accepts none, has no usable key, or nobody there can be told.
    """
    inquiry = base.get_for_update(inquiry, "hand_over", by=by, version=version)
    base.refuse_closed(inquiry)
    if to.pk == inquiry.centre_id:
        raise Refused(_("The case is at this centre already."))
    if not to.accepts_inquiries or readiness.missing(to):
        raise Refused(_("%(centre)s takes no inquiries at the moment.") % {"centre": to.name})
    move(inquiry, to, case_keys.for_staff(inquiry, by), by=by)
    if inquiry.is_in_danger:
        alarms.start_over(inquiry, timezone.now())
    return inquiry


def move(inquiry: Inquiry, to: Centre, case_key: bytes, *, by: User) -> None:
    """Move a locked case to `to`, wrap its key to that centre only, and notify it. The caller has checked permissions.

    Raises Refused if `to` has no key.
    """
    new_key = keyring.active_key(to)
    if new_key is None:
        raise Refused(_("%(centre)s takes no inquiries at the moment.") % {"centre": to.name})
    before = inquiry.centre_id
    KeyWrap.objects.filter(inquiry=inquiry, centre_key__centre_id=before).delete()
    wrapped = keyring.wrap(case_key, inquiry.pk, new_key)
    KeyWrap.objects.create(inquiry=inquiry, centre_key=new_key, wrapped=wrapped)
    Watch.objects.filter(inquiry=inquiry).exclude(user__memberships__centre=to).delete()
    now = timezone.now()
    # An empty time zone means that of the old centre; keep it explicit for the new one.
    inquiry.time_zone = inquiry.time_zone or inquiry.centre.time_zone
    inquiry.centre = to
    inquiry.state = Inquiry.State.OPEN
    claims.unassign(inquiry)
    inquiry.next_action_at = response_times.response_due_at(to, response_times.minutes_for(to, inquiry.priority), now)
    if inquiry.first_response_at is None:
        # Once the case was answered, the deadline that applied stays on record.
        inquiry.answer_by = inquiry.next_action_at
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, "centre", "time_zone", "answer_by", "next_action_at")
    events.record(inquiry, Event.Kind.HANDED_OVER, by=by, from_centre=before, to_centre=to.pk)
    outbox.enqueue(Kind.NEW_INQUIRY, inquiry=inquiry)
