"""The set-up step that gives a centre without a lead one: a new centre, or one whose last lead is gone.

It is the only way by which an operator has a say in who reads a centre's cases, so it is never theirs alone.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake.memberships import deciding, members
from intake.memberships.deciding import LEAD, Kind
from intake.models import Centre, Inquiry, Membership, MembershipProposal
from recovery_site.verbs import NotAllowed


@transaction.atomic
def propose(centre: Centre, *, by: User, user: User) -> MembershipProposal:
    """Propose the lead of a centre that has none, as an operator; return the proposal.

    At a new centre (nobody works there, and nothing came in) the person accepts it, or another operator confirms it. Elsewhere a member
    confirms it, or it takes effect after 24 hours if no member, auditor or operator objects; never by time alone for `by` themself.
    All of them are told. Raises NotAllowed where there is a lead.
    """
    if not by.is_superuser:
        raise NotAllowed(_("Only the operator can do this."))
    _require_none(centre)
    kind = kind_at(centre)
    return members.propose(centre, by=by, user=user, kind=kind, role=LEAD, wait=kind == Kind.RECOVERY and user.pk != by.pk)


@transaction.atomic
def propose_at_the_shell(centre: Centre, *, user: User) -> MembershipProposal:
    """Do the same for whoever has the server's shell (`manage.py first_lead`): at once for a new centre, after 24 hours elsewhere."""
    _require_none(centre)
    kind = kind_at(centre)
    at_once = kind == Kind.FIRST_LEAD
    return members.propose(centre, by=None, user=user, kind=kind, role=LEAD, wait=not at_once, at_once=at_once)


@transaction.atomic
def add_demo_member(centre: Centre, *, user: User, role: str) -> Membership:
    """Add an invented person to an invented centre that nothing has come in to. Raises NotAllowed elsewhere."""
    _require_none(centre)
    if Inquiry.objects.filter(centre=centre).exists():
        raise NotAllowed("Not a new centre.")
    return Membership.objects.create(centre=centre, user=user, role=role)


def kind_at(centre: Centre) -> str:
    """Return which step a centre without a lead needs."""
    used = Membership.objects.filter(centre=centre).exists() or Inquiry.objects.filter(centre=centre).exists()
    return Kind.RECOVERY if used else Kind.FIRST_LEAD


def _require_none(centre: Centre) -> None:
    Centre.objects.select_for_update().get(pk=centre.pk)
    if deciding.leads_of(centre).exists():
        raise NotAllowed(_("This center has a lead. Only its leads decide who works there."))
