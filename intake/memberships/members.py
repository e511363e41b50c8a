"""The verbs of leads: who becomes a member of their centre, with which role, and who no longer is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from intake.cases import events
from intake.memberships import deciding
from intake.memberships.deciding import LEAD, Kind, State
from intake.models import Centre, Event, Membership, MembershipProposal
from recovery_site.verbs import NotAllowed, Refused


@transaction.atomic
def add(centre: Centre, *, by: User, user: User, role: str) -> MembershipProposal:
    """Propose `user` as a member, and return the proposal.

    Another lead confirms it; where there is none it takes effect at once (state CONFIRMED), and all members are told. Raises NotAllowed
    for who doesn't lead the centre, an operator too, and Refused.
    """
    _require_lead(centre, by)
    _require_role(role)
    if Membership.objects.filter(centre=centre, user=user).exists():
        raise Refused(_("%(name)s is a member already.") % {"name": user.shown_name})
    return propose(centre, by=by, user=user, kind=Kind.MEMBER, role=role)


@transaction.atomic
def change_role(centre: Centre, *, by: User, user: User, role: str) -> MembershipProposal | None:
    """Give a member another role; return the proposal, or None when it took effect at once because it takes rights from oneself.

    To become lead needs another lead's word like becoming a member. That another lead is one no longer waits 24 hours, in which they and
    the other leads can object.
    """
    _require_lead(centre, by)
    _require_role(role)
    own = _membership(centre, user)
    if own.role == role:
        raise Refused(_("%(name)s has this role already.") % {"name": user.shown_name})
    if role == LEAD:
        return propose(centre, by=by, user=user, kind=Kind.ROLE, role=role)
    if user.pk == by.pk:
        _require_another_lead(centre, user)
        deciding.set_role(own, role, by=by, why="own")
        return None
    return propose(centre, by=by, user=user, kind=Kind.ROLE, role=role, wait=True)


@transaction.atomic
def remove(centre: Centre, *, by: User, user: User) -> MembershipProposal | None:
    """End a membership; return None when that took effect at once, and the proposal when it concerns another lead who can sign in.

    Their cases go back to the team. Everybody may leave, but the only lead may not while others work there.
    """
    own = _membership(centre, user)
    if user.pk != by.pk:
        _require_lead(centre, by)
    elif own.role == LEAD:
        _require_another_lead(centre, user)
    if own.role == LEAD and user.pk != by.pk and user.is_active and user.is_staff:
        return propose(centre, by=by, user=user, kind=Kind.REMOVAL, role="", wait=True)
    deciding.remove_row(own, by=by, why="removed")
    return None


def propose(  # noqa: PLR0913
    centre: Centre, *, by: User | None, user: User, kind: str, role: str, wait: bool = False, at_once: bool = False
) -> MembershipProposal:
    """Store a proposal in the caller's transaction and record it. Without anybody who could confirm it, carry it out.

    `wait`: it takes effect after 24 hours when nobody objects, and never by itself otherwise. `at_once` is for the set-up command.
    Raises Refused when there is one about this person already.
    """
    Centre.objects.select_for_update().get(pk=centre.pk)
    if not (user.is_active and user.is_staff) and kind != Kind.REMOVAL:
        raise Refused(_("%(name)s can’t sign in: the account is switched off.") % {"name": user.shown_name})
    if MembershipProposal.objects.filter(centre=centre, user=user, state=State.OPEN).exists():
        raise Refused(_("Something about %(name)s waits to be confirmed already.") % {"name": user.shown_name})
    now = timezone.now()
    proposal = MembershipProposal.objects.create(
        centre=centre,
        user=user,
        kind=kind,
        role=role,
        proposed_by=by,
        proposed_at=now,
        ends_at=now + deciding.VALID_FOR,
        takes_effect_at=now + deciding.TIME_TO_OBJECT if wait else None,
    )
    alone = kind in (Kind.MEMBER, Kind.ROLE) and not wait and not deciding.confirmers(proposal).exists()
    if alone or at_once:
        return deciding.carry_out(proposal, by=None, why="alone" if alone else kind)
    facts = {"user": user.pk, "role": role, "what": kind, "why": kind if kind in (Kind.FIRST_LEAD, Kind.RECOVERY) else ""}
    events.record_beside_cases(Event.Kind.MEMBER_PROPOSED, by=by or "command", centre_id=centre.pk, **facts)
    return proposal


def _require_lead(centre: Centre, by: User) -> None:
    # Asked of the database: what the request remembers of its person may be older than this change.
    if not deciding.leads_of(centre).filter(pk=by.pk).exists():
        raise NotAllowed(_("Only a lead of this center decides who works there. The operator can’t."))


def _require_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Refused(_("Choose what they do."))


def _require_another_lead(centre: Centre, user: User) -> None:
    if deciding.members_of(centre).exclude(pk=user.pk).exists() and not deciding.leads_of(centre).exclude(pk=user.pk).exists():
        raise Refused(_("You are the only lead of this center. First make somebody else a lead."))


def _membership(centre: Centre, user: User) -> Membership:
    own = Membership.objects.select_related("centre").filter(centre=centre, user=user).first()
    if own is None:
        raise Refused(_("%(name)s is no member of this center.") % {"name": user.shown_name})
    return own
