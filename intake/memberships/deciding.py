"""Who may confirm or refuse a proposed membership, and what happens then."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import AUDITOR
from intake.cases import events
from intake.models import Centre, Event, Membership, MembershipProposal
from intake.triage import absences
from recovery_site.verbs import NotAllowed, Refused

Kind, State = MembershipProposal.Kind, MembershipProposal.State
LEAD = Membership.Role.LEAD.value

# How long a proposal waits for somebody to confirm it, and after how long one that can take effect by itself does.
VALID_FOR = dt.timedelta(days=14)
TIME_TO_OBJECT = dt.timedelta(hours=24)


def leads_of(centre: Centre | int) -> QuerySet[User]:
    """Return the leads of `centre` who can sign in."""
    return _working().filter(pk__in=Membership.objects.filter(centre=centre, role=LEAD).values("user"))


def members_of(centre: Centre | int) -> QuerySet[User]:
    """Return the members of `centre` who can sign in."""
    return _working().filter(pk__in=Membership.objects.filter(centre=centre).values("user"))


def confirmers(proposal: MembershipProposal) -> QuerySet[User]:
    """Return who may confirm `proposal`. Never who proposed it, and the person it is about only when they become the first lead."""
    if proposal.kind == Kind.FIRST_LEAD:
        people = _working().filter(Q(is_superuser=True) | Q(pk=proposal.user_id))
    elif proposal.kind == Kind.RECOVERY:
        people = members_of(proposal.centre_id).exclude(pk=proposal.user_id)
    else:
        people = leads_of(proposal.centre_id).exclude(pk=proposal.user_id)
    return people.exclude(pk__in=[proposal.proposed_by_id or 0])


def objectors(proposal: MembershipProposal) -> QuerySet[User]:
    """Return who may refuse `proposal`: who may confirm it, and the person; a recovery also every member, auditor and operator."""
    wanted = Q(pk__in=confirmers(proposal).values("pk")) | Q(pk=proposal.user_id)
    if proposal.kind == Kind.RECOVERY:
        wanted |= Q(pk__in=members_of(proposal.centre_id).values("pk")) | Q(groups__name=AUDITOR) | Q(is_superuser=True)
    return _working().filter(pk__in=User.objects.filter(wanted).values("pk")).exclude(pk__in=[proposal.proposed_by_id or 0])


def waiting_for(user: User) -> list[tuple[MembershipProposal, bool]]:
    """Return the open proposals that `user` may decide on, each with whether they may confirm it too. One query, and two a proposal."""
    found = []
    for proposal in MembershipProposal.objects.filter(state=State.OPEN).select_related("centre", "user", "proposed_by"):
        if objectors(proposal).filter(pk=user.pk).exists():
            found.append((proposal, confirmers(proposal).filter(pk=user.pk).exists()))
    return found


@transaction.atomic
def confirm(proposal: MembershipProposal, *, by: User) -> MembershipProposal:
    """Let `proposal` take effect. Raises NotAllowed, or Refused when it was decided meanwhile or can't be any more."""
    proposal = _locked(proposal)
    if not confirmers(proposal).filter(pk=by.pk).exists():
        raise NotAllowed(_("Somebody else has to confirm this."))
    return carry_out(proposal, by=by, why="confirmed")


@transaction.atomic
def refuse(proposal: MembershipProposal, *, by: User, why: str) -> MembershipProposal:
    """End `proposal` without effect, for a reason out of MembershipProposal.Reason. Whoever proposed it takes it back that way."""
    proposal = _locked(proposal)
    if by.pk == proposal.proposed_by_id:
        return _end(proposal, State.TAKEN_BACK, by=by, why="")
    if not objectors(proposal).filter(pk=by.pk).exists():
        raise NotAllowed(_("This is not yours to decide."))
    if why not in MembershipProposal.Reason.values:
        raise Refused(_("Choose a reason."))
    return _end(proposal, State.REFUSED, by=by, why=why)


def end_due(now: dt.datetime) -> dict[str, int]:
    """End the proposals that nobody confirmed in time, and carry out those to which nobody objected (periodic job); return the counts."""
    ended = begun = 0
    for pk in MembershipProposal.objects.filter(Q(ends_at__lte=now) | Q(takes_effect_at__lte=now), state=State.OPEN).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            proposal = MembershipProposal.objects.select_for_update().select_related("centre").filter(pk=pk, state=State.OPEN).first()
            if proposal is None:
                continue
            if proposal.takes_effect_at is None or proposal.takes_effect_at > now:
                _end(proposal, State.EXPIRED, by="system", why="expired")
                ended += 1
                continue
            try:
                with transaction.atomic():
                    carry_out(proposal, by=None, why="nobody_objected")
                begun += 1
            except Refused:  # the centre has a lead again, or the person would be the last who can be told
                _end(proposal, State.EXPIRED, by="system", why="not_possible")
                ended += 1
    return {"proposed_memberships_ended": ended, "proposed_memberships_begun": begun}


def carry_out(proposal: MembershipProposal, *, by: User | None, why: str) -> MembershipProposal:
    """Do what `proposal` says, in the caller's transaction, and record it. `by` is who confirmed it, `why` a code for the record.

    Raises Refused when it can't be done any more.
    """
    centre, person = proposal.centre, User.objects.get(pk=proposal.user_id)
    own = Membership.objects.filter(centre=centre, user=person).first()
    actor: User | str = by or proposal.proposed_by or "command"
    if proposal.kind in (Kind.FIRST_LEAD, Kind.RECOVERY) and leads_of(centre).exists():
        raise Refused(_("This center has a lead by now. Its leads decide who works there."))
    if proposal.kind == Kind.REMOVAL or (proposal.kind == Kind.ROLE and own is None):
        if own is None:
            raise Refused(_("%(name)s is no member any more.") % {"name": person.shown_name})
        remove_row(own, by=actor, why=why)
    elif not (person.is_active and person.is_staff):
        raise Refused(_("%(name)s can’t sign in: the account is switched off.") % {"name": person.shown_name})
    elif own is None:
        Membership.objects.create(centre=centre, user=person, role=proposal.role)
        facts = {"user": person.pk, "role": proposal.role, "why": why}
        events.record_beside_cases(Event.Kind.MEMBER_ADDED, by=actor, centre_id=centre.pk, **facts)
    else:
        set_role(own, proposal.role, by=actor, why=why)
    proposal.state, proposal.decided_by, proposal.decided_at = State.CONFIRMED, by, timezone.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    return proposal


def set_role(own: Membership, role: str, *, by: User | str, why: str) -> None:
    """Store another role, and record it. Raises Refused when nobody at the centre could be told of danger any more."""
    was, own.role = own.role, role
    members = [own if member.pk == own.pk else member for member in _with_people(own.centre_id)]
    if reason := absences.objection_at(own.centre, members):
        raise Refused(reason)
    own.save(update_fields=["role"])
    events.record_beside_cases(Event.Kind.ROLE_CHANGED, by=by, centre_id=own.centre_id, user=own.user_id, role=role, was=was, why=why)


def remove_row(own: Membership, *, by: User | str, why: str) -> None:
    """Delete a membership, give back the person's cases and record it. Raises Refused like set_role."""
    if reason := absences.objection_at(own.centre, [member for member in _with_people(own.centre_id) if member.pk != own.pk]):
        raise Refused(reason)
    events.record_beside_cases(Event.Kind.MEMBER_REMOVED, by=by, centre_id=own.centre_id, user=own.user_id, role=own.role, why=why)
    own.delete()
    absences.give_back_now()


def _with_people(centre: int) -> list[Membership]:
    return list(Membership.objects.filter(centre=centre).select_related("user", "centre"))


def _working() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True)


def _locked(proposal: MembershipProposal) -> MembershipProposal:
    """Return `proposal` as it is now, with its row and its centre's locked. Raises Refused when somebody has decided it."""
    fresh = MembershipProposal.objects.select_for_update().get(pk=proposal.pk)
    Centre.objects.select_for_update().get(pk=fresh.centre_id)
    if fresh.state != State.OPEN:
        raise Refused(_("This was decided meanwhile: %(state)s.") % {"state": fresh.get_state_display()})
    return fresh


def _end(proposal: MembershipProposal, state: str, *, by: User | str, why: str) -> MembershipProposal:
    proposal.state, proposal.decided_at = state, timezone.now()
    proposal.decided_by = by if isinstance(by, User) else None
    proposal.why = why if why in MembershipProposal.Reason.values else ""
    proposal.save(update_fields=["state", "decided_by", "decided_at", "why"])
    facts = {"user": proposal.user_id, "role": proposal.role, "why": why or state, "what": proposal.kind}
    events.record_beside_cases(Event.Kind.MEMBER_REFUSED, by=by, centre_id=proposal.centre_id, **facts)
    return proposal
