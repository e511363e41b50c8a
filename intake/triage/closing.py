"""Closing and reopening cases."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.mailbox import held
from intake.models import Event, Inquiry, WaitingListEntry
from intake.triage import base
from recovery_site.verbs import Refused


def asks_first(inquiry: Inquiry, outcome: str) -> str:
    """Return the question to ask once before the case is closed with `outcome`; empty when there is none."""
    if outcome == Inquiry.Outcome.INFORMED and inquiry.first_response_at is None:
        return _("Nobody has written to this person or tried to reach them yet. Did they get the information in another way?")
    return ""


@transaction.atomic
def close(inquiry: Inquiry, *, by: User, version: int, outcome: str) -> Inquiry:
    """Close the case with an outcome (a value of Inquiry.Outcome). The owner is kept, in case it is reopened.

    Raises Refused if there is an unread message, unless the outcome is spam, and if the case is in "Danger now". What the site holds
    because it looks automatic can be closed as spam, which takes it out of that list.
    """
    inquiry = base.get_for_update(inquiry, "close", by=by, version=version)
    if not (inquiry.is_held and outcome == Inquiry.Outcome.SPAM):
        base.refuse_closed(inquiry)
    if outcome not in Inquiry.Outcome.values:
        raise Refused(_("Choose how the case ended."))
    if inquiry.has_unread_message and outcome != Inquiry.Outcome.SPAM:
        raise Refused(_("The visitor wrote and nobody has read it yet. Read it before you close the case."))
    base.refuse_in_danger(inquiry)
    inquiry.state = Inquiry.State.CLOSED
    inquiry.outcome = outcome
    inquiry.closed_at = timezone.now()
    inquiry.next_action_at = None
    inquiry.held_for = None
    WaitingListEntry.objects.filter(inquiry=inquiry).delete()
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "next_action_at", "held_for")
    events.record(inquiry, Event.Kind.CLOSED, by=by, outcome=outcome)
    return inquiry


@transaction.atomic
def put_in_queue(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Put an inquiry that looked automatic into the queue, as a new one with a promise from now on. Staff are notified."""
    inquiry = base.get_for_update(inquiry, "reopen", by=by)
    if not inquiry.is_held:
        raise Refused(_("A colleague was faster: this request is no longer in “Looks automatic”."))
    held.release(inquiry, timezone.now(), by=by)
    return inquiry


@transaction.atomic
def reopen(inquiry: Inquiry, *, by: User, version: int) -> Inquiry:
    """Reopen a closed case. Its previous owner owns it again."""
    inquiry = base.get_for_update(inquiry, "reopen", by=by, version=version)
    if inquiry.state != Inquiry.State.CLOSED:
        raise Refused(_("This case is open already."))
    before = inquiry.outcome
    inquiry.state = Inquiry.State.OPEN
    inquiry.outcome = ""
    inquiry.closed_at = None
    # No longer merged with another case.
    inquiry.merged_into = None
    inquiry.held_for = None
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "merged_into", "held_for")
    events.record(inquiry, Event.Kind.REOPENED, by=by, outcome=before)
    return inquiry
