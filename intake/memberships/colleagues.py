"""People who begin to work here: one step makes the account, and gives or proposes what they do."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import changes
from accounts.models import User
from accounts.roles import SITE_ROLES
from intake.cases import events
from intake.memberships import deciding, first_leads, members
from intake.models import Centre, Event, Membership, MembershipProposal
from recovery_site.verbs import NotAllowed, Refused


@transaction.atomic
def add(  # noqa: PLR0913
    *, by: User, name: str, email: str, role: str, centre: Centre | None, language: str, time_zone: str
) -> tuple[User, MembershipProposal | None]:
    """Make an account that can't sign in yet: the person chooses a password by a link (accounts.password_links).

    `role` is one at a centre (Membership.Role) or a site-wide one (accounts.roles), which only operators give. The user name is the
    address. Return the account, and for a role at a centre the proposal, which may be in effect already.
    An operator can propose the first lead of a centre that has none, and nobody else there. Raises NotAllowed, or Refused when there is
    such an account or the centre is missing.
    """
    if role in SITE_ROLES:
        if not by.is_superuser:
            raise NotAllowed(_("Only the operator can give this role."))
        centre = None
    elif centre is None:
        raise Refused(_("Choose the center at which they answer."))
    elif not deciding.leads_of(centre).filter(pk=by.pk).exists():
        _require_first_lead(centre, by, role)
    address = email.strip().lower()
    if account := User.objects.filter(Q(email__iexact=address) | Q(username__iexact=address)).first():
        if not account.is_active:
            raise Refused(_("There is an account with this address, and it is switched off. The operator can switch it on again."))
        raise Refused(
            _("There is an account with this address: %(name)s. A lead adds them on the page “Members” of the center.")
            % {"name": account.shown_name}
        )
    user = User(username=address, email=address, display_name=name.strip(), is_staff=True, language=language, time_zone=time_zone)
    user.set_unusable_password()
    user.save()
    events.record_beside_cases(Event.Kind.ACCOUNT_ADDED, by=by, centre_id=centre.pk if centre else None, user=user.pk)
    if centre is None:
        changes.set_site_roles(user, by=by, roles={role}, operator=False)
        return user, None
    if deciding.leads_of(centre).filter(pk=by.pk).exists():
        return user, members.add(centre, by=by, user=user, role=role)
    return user, first_leads.propose(centre, by=by, user=user)


def _require_first_lead(centre: Centre, by: User, role: str) -> None:
    if not by.is_superuser or deciding.leads_of(centre).exists():
        raise NotAllowed(_("Only a lead of this center decides who works there. The operator can’t."))
    if role != Membership.Role.LEAD:
        raise NotAllowed(_("This center has no lead yet. First propose its lead, who then adds the others."))
