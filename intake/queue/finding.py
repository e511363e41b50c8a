"""Finding the cases of a person by reference, phone or e-mail. Each search is recorded."""

from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from intake import identifiers
from intake.cases import blind_index, events, permissions
from intake.models import Event, Inquiry
from intake.queue import queue

FEWEST_DIGITS = 6  # of something that is looked up as a phone number


@dataclass(frozen=True)
class Found:
    """What a search found: the case with that reference, or else the cases with that phone number or e-mail address, latest first."""

    case: Inquiry | None = None
    cases: list[Inquiry] = field(default_factory=list)


@transaction.atomic
def find(typed: str, *, by: User) -> Found:
    """Return what `by` may see of what was looked for. Record that they looked, by what, and how many were found; never what was typed."""
    visible = permissions.visible_inquiries(by)
    case = visible.filter(reference=identifiers.reference_as_typed(typed)).only("reference", "centre").first()
    if case is not None:
        events.record_beside_cases(Event.Kind.SEARCHED, by=by, centre_id=case.centre_id, how="reference", case=str(case.pk), hits=1)
        return Found(case)
    how = _way(typed)
    cases = []
    if how:
        matches = visible.filter(pk__in=blind_index.found_by(typed).values("inquiry"))
        cases = list(matches.select_related("centre", "claimed_by").defer(*queue.NOT_IN_LISTS).order_by("-received_at")[: queue.PAGE])
    # In the chain of the centre, unless they work at several and looked in all of them.
    centres = list(permissions.centre_roles(by))
    centre_id = centres[0] if len(centres) == 1 else None
    events.record_beside_cases(Event.Kind.SEARCHED, by=by, centre_id=centre_id, how=how or "nothing", hits=len(cases))
    # And in the history of each, which its person sees.
    events.record_in_each(cases, Event.Kind.FOUND, by=by, how=how)
    return Found(cases=cases)


def _way(typed: str) -> str:
    """Return by what is looked for: "email", "phone", the "ending" of a number, or "" for neither."""
    if "@" in typed:
        return "email"
    digits = sum(sign.isdigit() for sign in typed)
    if digits == blind_index.ENDING:
        return "ending"
    return "phone" if digits >= FEWEST_DIGITS else ""
