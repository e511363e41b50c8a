"""Blocking an abusive phone number or e-mail address."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.models import BlockedContact, Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def block(inquiry: Inquiry, *, by: User, version: int, until: dt.datetime | None = None) -> Inquiry:
    """Block the phone number and e-mail address of an abusive case and close it as spam. For leads only.

    Later inquiries from them are closed as spam unless they are urgent. The block ends at `until`, or never if None.
    """
    inquiry = base.get_for_update(inquiry, "block", by=by, version=version)
    if inquiry.has_unread_message:
        raise Refused(_("The visitor wrote and nobody has read it yet. Read it before you close the case."))
    base.refuse_in_danger(inquiry)
    digests = list(inquiry.contact_digests.all())
    if not digests:
        raise Refused(_("This case left no phone number or e-mail address to block."))
    now = timezone.now()
    for row in digests:
        BlockedContact.objects.update_or_create(
            digest=bytes(row.digest),
            defaults={"kind": row.kind, "inquiry": inquiry, "blocked_by": by, "blocked_at": now, "until": until},
        )
    inquiry.state, inquiry.outcome = Inquiry.State.CLOSED, Inquiry.Outcome.SPAM
    inquiry.closed_at = inquiry.closed_at or now
    inquiry.next_action_at = None
    WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    inquiry.held_for = None
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "next_action_at", "held_for")
    events.record(inquiry, Event.Kind.BLOCKED, by=by)
    return inquiry
