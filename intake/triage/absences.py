"""The cases of people who are away, and of those who left. The last person who can be told of danger can't go."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import leaving
from accounts.models import User
from intake.cases import events
from intake.cases.permissions import led_centres, recused_from, visible_inquiries
from intake.models import Centre, Event, Inquiry, Membership, QueueRank
from intake.notifications import alarms, recipients
from intake.triage import base, claims
from recovery_site.verbs import NotAllowed, Refused

AT_ONCE = 500  # cases a run


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


def objection_at(centre: Centre, members: list[Membership]) -> str:
    """Return why `members` can't be all that work at `centre`: it has open cases and nobody would be told of them. Else "".

    A centre at which nobody is told already is no reason: any change is an improvement there.
    """
    if any(recipients.counts_as_told(member) for member in members) or not recipients.staffed_centres([centre.pk]):
        return ""
    if not Inquiry.objects.filter(centre=centre, queue_rank__lt=QueueRank.CLOSED).exists():
        return ""
    return _(
        "%(centre)s has open cases, and nobody there could be told of danger any more. First add someone else with an e-mail address "
        "and switch their e-mails on, or hand the open cases to another center."
    ) % {"centre": centre.name}


@leaving.objection
def objection(user: User) -> str:
    """Return why `user` can't become what the object in memory says: they are the last who can be told at a centre. Else ""."""
    for own in Membership.objects.filter(user=user.pk).select_related("centre"):
        members = list(Membership.objects.filter(centre=own.centre_id).select_related("user", "centre"))
        for member in members:
            if member.user_id == user.pk:
                member.user = user
        if reason := objection_at(own.centre, members):
            return reason
    return ""


@leaving.afterwards
def give_back_now() -> dict[str, int]:
    """Release the cases of everybody who has left, at once."""
    return give_back(timezone.now())


def give_back(now: dt.datetime) -> dict[str, int]:
    """Release the open cases whose owner no longer works at the centre, whatever their state (periodic job); return their number.

    Those in "Danger now" ring again: whoever had them has them no longer.
    """
    owned = Inquiry.objects.filter(queue_rank__lt=QueueRank.CLOSED, claimed_by__isnull=False)
    pairs = set(owned.order_by().values_list("claimed_by", "centre").distinct())
    working = Membership.objects.filter(user__in={owner for owner, _centre in pairs}, user__is_active=True, user__is_staff=True)
    left = pairs - set(working.values_list("user", "centre"))
    if not left:
        return {"cases_of_leavers_given_back": 0}
    theirs = Q()
    for owner, centre in left:
        theirs |= Q(claimed_by=owner, centre=centre)
    released = 0
    for pk in list(owned.filter(theirs).values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            inquiry = owned.filter(theirs).select_for_update().filter(pk=pk).first()
            if inquiry is None:
                continue
            former_owner = inquiry.claimed_by_id
            claims.unassign(inquiry)
            base.save_new_version(inquiry, *claims.OWNER_FIELDS)
            events.record(inquiry, Event.Kind.RELEASED, by="system", owner=former_owner, why="left")
            if inquiry.is_in_danger:
                alarms.cry(inquiry, now)
            released += 1
    return {"cases_of_leavers_given_back": released}
