"""Planning follow-ups."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def follow_up(inquiry: Inquiry, *, by: User, version: int, at: dt.datetime, reason: str = "") -> Inquiry:
    """Set the case to WAITING until the follow-up at `at`. `reason` is a value of Inquiry.FollowUpReason, or empty; the queue shows it.

    Raises Refused if `at` is in the past or the person has no answer yet.
    """
    inquiry = base.get_for_update(inquiry, "follow_up", by=by, version=version)
    base.refuse_closed(inquiry)
    now = timezone.now()
    if at <= now:
        raise Refused(_("Choose a time that lies ahead."))
    if inquiry.first_response_at is None:
        raise Refused(_("This person has no answer yet. Answer or try to reach them first."))
    inquiry.state = Inquiry.State.WAITING
    inquiry.next_action_at, inquiry.follow_up_reason = at, reason
    base.save_new_version(inquiry, "state", "next_action_at", "follow_up_reason")
    events.record(inquiry, Event.Kind.FOLLOW_UP_PLANNED, by=by, due=at.isoformat(timespec="minutes"))
    return inquiry
