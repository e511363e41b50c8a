"""Somebody is away: all their open cases go to a colleague, or back to everybody, in one step."""

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
    """Give the open cases of `person` at the centres that `by` leads to `to` (None: back to everybody).

    Returns how many changed hands, and the references of those that `to` may not have; these go back to everybody, as
    do those that `by` stepped back from.
    Raises Refused for the same person, NotAllowed for somebody who leads no centre; people may hand over their own cases.
    """
    centres = led_centres(by)
    if person.pk != by.pk and not centres:
        raise NotAllowed(_("Only a lead can hand over another person's cases."))
    if to is not None and to.pk == person.pk:
        raise Refused(_("Choose somebody else: these are %(name)s’s cases already.") % {"name": person.shown_name})
    mine = visible_inquiries(by).filter(claimed_by=person).exclude(state=Inquiry.State.CLOSED)
    if person.pk != by.pk:
        mine = mine.filter(centre_id__in=centres)
    moved, not_theirs = 0, []
    for inquiry in mine.only("pk", "reference").order_by("pk"):
        try:
            if to is None:
                claims.release(inquiry, by=by)
            else:
                claims.assign(inquiry, to=to, by=by)
        except Refused:
            claims.release(inquiry, by=by)
            not_theirs.append(inquiry.reference)
        moved += 1
    return moved + _give_back_unseen(person, by, centres), not_theirs


def _give_back_unseen(person: User, by: User, centres: Iterable[int]) -> int:
    """Give back to everybody the cases that `by` stepped back from: they learn nothing of them, and none stays with who is away."""
    unseen = Inquiry.objects.filter(claimed_by=person, centre_id__in=centres, pk__in=recused_from(by)).exclude(state=Inquiry.State.CLOSED)
    if person.pk == by.pk:
        return 0
    given_back = 0
    for inquiry in unseen.select_for_update().defer("sealed"):
        claims.unassign(inquiry)
        base.save_new_version(inquiry, *claims.OWNER_FIELDS)
        events.record(inquiry, Event.Kind.RELEASED, by="system", owner=person.pk, why="absence")
        given_back += 1
    return given_back
