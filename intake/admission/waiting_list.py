"""The waiting list. Follow-ups are in intake.triage.follow_ups."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, WaitingListEntry
from intake.scheduling import response_times
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def put_on_waiting_list(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry, *, by: User, version: int, reason: str, check_in_at: dt.datetime, interim_offer: str = ""
) -> WaitingListEntry:
    """Put the case on the waiting list or update its entry. `interim_offer` is what is offered meanwhile; it is sealed.

    Raises Refused if `check_in_at` is in the past.
    """
    inquiry = base.get_for_update(inquiry, "wait_list", by=by, version=version)
    base.refuse_closed(inquiry)
    now = timezone.now()
    if check_in_at <= now:
        raise Refused(_("The next check-in must lie ahead: a waiting person is never left without a date."))
    sealed = b""
    if interim_offer.strip():
        sealed = sealing.seal("waiting_list", inquiry.pk, {"text": interim_offer.strip()}, case_keys.for_staff(inquiry, by))
    entry, _created = WaitingListEntry.objects.update_or_create(
        inquiry=inquiry,
        defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed},
        create_defaults={"reason": reason, "check_in_at": check_in_at, "sealed": sealed, "since": now},
    )
    inquiry.state = Inquiry.State.WAITING
    response_times.record_response(inquiry, now)
    inquiry.next_action_at, inquiry.follow_up_reason = check_in_at, ""
    base.save_new_version(inquiry, "state", *response_times.RESPONSE_FIELDS, "next_action_at", "follow_up_reason")
    # Not why: that describes the person, and an event outlives an erased case.
    events.record(inquiry, Event.Kind.WAIT_LISTED, by=by)
    return entry


@transaction.atomic
def take_off_waiting_list(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Remove the case from the waiting list and set it to OPEN. Raises Refused if it has no entry."""
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
