"""Ownership of cases: claim, release, assign."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.cases.permissions import leads
from intake.models import Event, Inquiry, Membership, Recusal
from intake.triage import base
from recovery_site.verbs import NotAllowed, Refused


class AlreadyTaken(Refused):
    """Raised when a case is already claimed by somebody else, its `owner`."""

    def __init__(self, message: str, owner: User) -> None:
        super().__init__(message)
        self.owner = owner


@transaction.atomic
def claim(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Make `by` the owner of the case. Does nothing if they are already.

    Raises AlreadyTaken if somebody else who works at the centre owns it.
    """
    inquiry = base.get_for_update(inquiry, "claim", by=by)
    base.refuse_closed(inquiry)
    if inquiry.claimed_by_id == by.pk:
        return inquiry
    if inquiry.claimed_by is not None and works_at(inquiry.claimed_by, inquiry.centre_id):
        raise AlreadyTaken(_("%(name)s has already taken this case.") % {"name": inquiry.claimed_by.shown_name}, owner=inquiry.claimed_by)
    assign_to(inquiry, by)
    base.save_new_version(inquiry, *OWNER_FIELDS)
    return inquiry


@transaction.atomic
def release(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Make the case unclaimed. Allowed for its owner and for leads of its centre."""
    inquiry = base.get_for_update(inquiry, "release", by=by)
    base.refuse_closed(inquiry)
    owner = inquiry.claimed_by_id
    if owner is None:
        return inquiry
    if owner != by.pk and not leads(by, inquiry.centre_id):
        raise NotAllowed(_("Only the person who has this case, or a lead, can give it back."))
    unassign(inquiry)
    base.save_new_version(inquiry, *OWNER_FIELDS)
    events.record(inquiry, Event.Kind.RELEASED, by=by, owner=owner)
    return inquiry


@transaction.atomic
def assign(inquiry: Inquiry, *, by: User, to: User) -> Inquiry:
    """Make `to` the owner of the case. Staff may assign unclaimed cases and their own, leads all cases of their centre.

    Raises Refused if `to` does not work at the centre or is recused, NotAllowed if `by` may not assign this case.
    """
    inquiry = base.get_for_update(inquiry, "assign", by=by)
    base.refuse_closed(inquiry)
    if inquiry.claimed_by_id == to.pk:
        return inquiry
    if inquiry.claimed_by_id not in (None, by.pk) and not leads(by, inquiry.centre_id):
        raise NotAllowed(_("Only the person who has this case, or a lead, can give it to someone else."))
    if not works_at(to, inquiry.centre_id):
        raise Refused(_("This person does not work at the case's centre."))
    if Recusal.objects.filter(inquiry=inquiry, user=to).exists():
        # The message doesn't disclose the recusal.
        raise Refused(_("This case can't be given to %(name)s. Choose someone else.") % {"name": to.shown_name})
    before = inquiry.claimed_by_id
    inquiry.claimed_by = to
    inquiry.claimed_at = timezone.now()
    base.save_new_version(inquiry, *OWNER_FIELDS)
    events.record(inquiry, Event.Kind.ASSIGNED, by=by, owner=before, to=to.pk)
    return inquiry


def works_at(user: User, centre_id: int) -> bool:
    """Return whether `user` can open cases of this centre."""
    return user.is_active and user.is_staff and Membership.objects.filter(user=user, centre_id=centre_id).exists()


OWNER_FIELDS = ("claimed_by", "claimed_at", "state", "escalated_at")


def unassign(inquiry: Inquiry) -> None:
    """Clear the owner of a locked case; the caller saves OWNER_FIELDS.

    If unanswered, the case returns to NEW and can be escalated again.
    """
    inquiry.claimed_by = None
    inquiry.claimed_at = None
    if inquiry.first_response_at is None and inquiry.state == Inquiry.State.OPEN:
        inquiry.state = Inquiry.State.NEW
        inquiry.escalated_at = None


def assign_to(inquiry: Inquiry, by: User) -> None:
    """Set the owner of a locked, open, unclaimed case and record the event; the caller saves OWNER_FIELDS."""
    inquiry.claimed_by = by
    inquiry.claimed_at = timezone.now()
    if inquiry.state == Inquiry.State.NEW:
        inquiry.state = Inquiry.State.OPEN
    events.record(inquiry, Event.Kind.CLAIMED, by=by)
