"""The waiting list: people for whom there is no place yet."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def put_on_waiting_list(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry, *, by: User, version: int, reason: str, check_in_at: dt.datetime, interim_offer: str = ""
) -> WaitingListEntry:
    """Note that the person waits for a place: why, what is offered meanwhile (sealed), and when we check in again."""
    inquiry = base.get_for_update(inquiry, "wait_list", by=by, version=version)
    base.refuse_closed(inquiry)
    now = timezone.now()
    if check_in_at <= now:
        raise Refused(_("The next check-in must lie ahead: a waiting person is never left without a date."))
    sealed = b""
    if interim_offer.strip():
        sealed = sealing.seal("waiting_list", inquiry.pk, {"text": interim_offer.strip()}, case_keys.for_staff(inquiry, by))
    entry, _made = WaitingListEntry.objects.update_or_create(
        inquiry=inquiry,
        defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed},
        create_defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed, "since": now},
    )
    inquiry.state = Inquiry.State.WAITING
    inquiry.first_response_at = inquiry.first_response_at or now
    inquiry.next_action_at = check_in_at
    base.save_new_version(inquiry, "state", "first_response_at", "next_action_at")
    # Not why: that describes the person, and an event outlives an erased case.
    events.record(inquiry, Event.Kind.WAIT_LISTED, by=by)
    return entry


@transaction.atomic
def take_off_waiting_list(inquiry: Inquiry, *, by: User) -> Inquiry:
    """End the waiting: there is a place, or the person needs none. The case waits for us."""
    inquiry = base.get_for_update(inquiry, "wait_list", by=by)
    deleted, _per_model = WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    if not deleted:
        raise Refused(_("This case is not on the waiting list."))
    if inquiry.state != Inquiry.State.CLOSED:
        inquiry.state = Inquiry.State.OPEN
        inquiry.next_action_at = None
        base.save_new_version(inquiry, "state", "next_action_at")
    events.record(inquiry, Event.Kind.WAIT_LIST_LEFT, by=by)
    return inquiry
