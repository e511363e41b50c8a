"""Handing a case over to another centre."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import keyring, sealing
from intake.models import Centre, Event, Inquiry, KeyWrap, Watch
from intake.notifications import outbox
from intake.scheduling import response_times
from intake.triage import base, claims
from recovery_site.verbs import Refused


@transaction.atomic
def hand_over(inquiry: Inquiry, *, by: User, version: int, to: Centre) -> Inquiry:
    """Give the case to another centre: its key is wrapped to that centre, and this one can't open it any more.

    The promise starts anew in the other centre's hours. Raises Refused for a centre that takes no inquiries or has no key.
    """
    inquiry = base.get_for_update(inquiry, "hand_over", by=by, version=version)
    base.refuse_closed(inquiry)
    if to.pk == inquiry.centre_id:
        raise Refused(_("The case is at this centre already."))
    if not to.accepts_inquiries:
        raise Refused(_("%(centre)s takes no inquiries at the moment.") % {"centre": to.name})
    move(inquiry, to, case_keys.for_staff(inquiry, by), by=by)
    return inquiry


def move(inquiry: Inquiry, to: Centre, case_key: bytes, *, by: User) -> None:
    """Move a locked case to `to` and wrap its key to that centre alone; the caller has checked that this may be."""
    new_key = keyring.active_key(to)
    if new_key is None:
        raise Refused(_("%(centre)s takes no inquiries at the moment.") % {"centre": to.name})
    before = inquiry.centre_id
    KeyWrap.objects.filter(inquiry=inquiry, centre_key__centre_id=before).delete()
    wrapped = sealing.wrap_to_public_key(case_key, inquiry.pk, new_key.public_key)
    KeyWrap.objects.create(inquiry=inquiry, centre_key=new_key, wrapped=wrapped)
    Watch.objects.filter(inquiry=inquiry).exclude(user__memberships__centre=to).delete()
    now = timezone.now()
    # "The same as the centre's" was said of this centre: elsewhere the person's clock stays what it is.
    inquiry.time_zone = inquiry.time_zone or inquiry.centre.time_zone
    inquiry.centre = to
    inquiry.state = Inquiry.State.OPEN
    claims.unassign(inquiry)
    inquiry.next_action_at = response_times.answer_by(to, response_times.minutes_for(to, inquiry.priority), now)
    if inquiry.first_response_at is None:
        # A promise that was kept or broken by the answer stays what it was.
        inquiry.answer_by = inquiry.next_action_at
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, "centre", "time_zone", "answer_by", "next_action_at")
    events.record(inquiry, Event.Kind.HANDED_OVER, by=by, from_centre=before, to_centre=to.pk)
    outbox.enqueue("new_inquiry", inquiry=inquiry)
