"""Reassigning all open cases of a staff member who is away."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.cases.permissions import led_centres, recused_from, visible_inquiries
from intake.models import Event, Inquiry
from intake.triage import base, claims
from recovery_site.verbs import NotAllowed, Refused


@transaction.atomic
def hand_over_cases(person: User, *, by: User, to: User | None = None) -> tuple[int, list[str]]:
    """Assign the open cases of `person` at the centres that `by` leads to `to`, or release them if `to` is None.

    Return the number of reassigned or released cases and the references of those that could not be assigned to `to`. These
    are released instead, as are the cases that `by` is recused from. Staff may hand over their own cases. Raises Refused if
    `to` is `person`, NotAllowed if `by` leads no centre.
    """
    centres = led_centres(by)
    if person.pk != by.pk and not centres:
        raise NotAllowed(_("Only a lead can hand over another person's cases."))
    if to is not None and to.pk == person.pk:
        raise Refused(_("Choose somebody else: these are %(name)s’s cases already.") % {"name": person.shown_name})
    cases = visible_inquiries(by).filter(claimed_by=person).exclude(state=Inquiry.State.CLOSED)
    if person.pk != by.pk:
        cases = cases.filter(centre_id__in=centres)
    moved, released_instead = 0, []
    for inquiry in cases.only("pk", "reference").order_by("pk"):
        try:
            if to is None:
                claims.release(inquiry, by=by)
            else:
                claims.assign(inquiry, to=to, by=by)
        except Refused:
            claims.release(inquiry, by=by)
            released_instead.append(inquiry.reference)
        moved += 1
    return moved + _release_recused(person, by, centres), released_instead


def _release_recused(person: User, by: User, centres: Iterable[int]) -> int:
    """Release the cases of `person` that `by` is recused from, without showing them to `by`; return their number."""
    recused = Inquiry.objects.filter(claimed_by=person, centre_id__in=centres, pk__in=recused_from(by)).exclude(state=Inquiry.State.CLOSED)
    if person.pk == by.pk:
        return 0
    released = 0
    for inquiry in recused.select_for_update().defer("sealed"):
        claims.unassign(inquiry)
        base.save_new_version(inquiry, *claims.OWNER_FIELDS)
        events.record(inquiry, Event.Kind.RELEASED, by="system", owner=person.pk, why="absence")
        released += 1
    return released
