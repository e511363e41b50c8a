"""People who begin to work here: one step makes the account, the role and the place at a centre."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SITE_ROLES
from intake.cases import permissions
from intake.models import Centre, Membership
from recovery_site.verbs import NotAllowed, Refused


@transaction.atomic
def add(*, by: User, name: str, email: str, role: str, centre: Centre | None, language: str, time_zone: str) -> User:  # noqa: PLR0913
    """Make an account that can't sign in yet: the person chooses a password by a link (accounts.password_links). Return it.

    `role` is one at a centre (Membership.Role) or a site-wide one (accounts.roles), which only operators give. The user name is the
    e-mail address. Raises NotAllowed, or Refused when there is such an account or the centre is missing.
    """
    if role in SITE_ROLES:
        if not by.is_superuser:
            raise NotAllowed(_("Only the operator can give this role."))
    elif centre is None:
        raise Refused(_("Choose the center at which they answer."))
    if centre is not None and not permissions.can_configure(by, centre):
        raise NotAllowed(_("Only a lead of that center can add somebody to it."))
    address = email.strip().lower()
    if account := User.objects.filter(Q(email__iexact=address) | Q(username__iexact=address)).first():
        if not account.is_active:
            raise Refused(_("There is an account with this address, and it is switched off. The operator can switch it on again."))
        raise Refused(
            _("There is an account with this address: %(name)s. Add them to the members on the page of the center.")
            % {"name": account.shown_name}
        )
    user = User(username=address, email=address, display_name=name.strip(), is_staff=True, language=language, time_zone=time_zone)
    user.set_unusable_password()
    user.save()
    if role in SITE_ROLES:
        user.groups.add(Group.objects.get(name=role))
    elif centre is not None:
        Membership.objects.create(user=user, centre=centre, role=role)
    return user
