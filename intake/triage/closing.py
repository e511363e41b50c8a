"""The end of a case, and coming back from it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


@transaction.atomic
def close(inquiry: Inquiry, *, by: User, version: int, outcome: str) -> Inquiry:
    """Close the case with an outcome (a value of Inquiry.Outcome). Who had it keeps it, should it come back."""
    inquiry = base.get_for_update(inquiry, "close", by=by, version=version)
    base.refuse_closed(inquiry)
    if outcome not in Inquiry.Outcome.values:
        raise Refused(_("Choose how the case ended."))
    if inquiry.has_unread_message and outcome != Inquiry.Outcome.SPAM:
        raise Refused(_("The visitor wrote and nobody has read it yet. Read it before you close the case."))
    inquiry.state = Inquiry.State.CLOSED
    inquiry.outcome = outcome
    inquiry.closed_at = timezone.now()
    inquiry.next_action_at = None
    WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "next_action_at")
    events.record(inquiry, Event.Kind.CLOSED, by=by, outcome=outcome)
    return inquiry


@transaction.atomic
def reopen(inquiry: Inquiry, *, by: User, version: int) -> Inquiry:
    """Bring a closed case back to the person who had it; it waits for us from now on."""
    inquiry = base.get_for_update(inquiry, "reopen", by=by, version=version)
    if inquiry.state != Inquiry.State.CLOSED:
        raise Refused(_("This case is open already."))
    before = inquiry.outcome
    inquiry.state = Inquiry.State.OPEN
    inquiry.outcome = ""
    inquiry.closed_at = None
    # On its own again, whatever it was merged with.
    inquiry.merged_into = None
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "merged_into")
    events.record(inquiry, Event.Kind.REOPENED, by=by, outcome=before)
    return inquiry
