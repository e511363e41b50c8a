"""The verbs that change what a colleague may do on the whole site. Each is recorded; intake.memberships.announcements tells of it.

Roles at a centre are not here: an operator has no say in them.
"""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import leaving, password_links, sessions
from accounts.models import User
from accounts.roles import SITE_ROLES
from recovery_site.staff import audit
from recovery_site.verbs import NotAllowed, Refused

OPERATOR = "operator"


@transaction.atomic
def set_site_roles(user: User, *, by: User, roles: Collection[str], operator: bool, keep: str = "") -> User:
    """Give `user` exactly these site-wide roles (of accounts.roles), and the operator's rights or not; return the fresh object.

    Each role that is given or taken is one entry of the record. A change ends the person's sessions but the one with the digest `keep`.
    Raises NotAllowed for who is no operator, and Refused when the last operator would no longer be one.
    """
    _require_operator(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    before = set(user.groups.filter(name__in=SITE_ROLES).values_list("name", flat=True))
    changed = sorted(before ^ (set(roles) & set(SITE_ROLES)))
    if changed or operator != user.is_superuser:
        sessions.end_all(user, by=by, keep=keep, why="rights")
    for role in changed:
        given = role in roles
        group = Group.objects.get(name=role)
        (user.groups.add if given else user.groups.remove)(group)
        audit.record("role_changed", by=by, user=user.pk, role=role.replace(" ", "_"), given=given)
    if operator != user.is_superuser:
        if not operator and not User.objects.filter(is_superuser=True, is_active=True, is_staff=True).exclude(pk=user.pk).exists():
            raise Refused(_("%(name)s is the only operator. First make somebody else one.") % {"name": user.shown_name})
        user.is_superuser = operator
        user.save(update_fields=["is_superuser"])
        audit.record("role_changed", by=by, user=user.pk, role=OPERATOR, given=operator)
    user.__dict__.pop("site_roles", None)
    return user


@transaction.atomic
def switch_off(user: User, *, by: User) -> User:
    """Let `user` sign in no more, and give back their cases; return the fresh object.

    Raises Refused for oneself, and when that would leave work without anybody (accounts.leaving).
    """
    _require_operator(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.pk == by.pk:
        raise Refused(_("You can’t switch yourself off."))
    after = User(pk=user.pk, is_active=False, is_staff=user.is_staff, email=user.email, phone=user.phone)
    if reasons := leaving.objections(after):
        raise Refused(" ".join(reasons))
    user.is_active = False
    user.save(update_fields=["is_active"])
    password_links.end_links(user)
    sessions.end_all(user, by=by, why="switched_off")
    leaving.tidy()
    audit.record("account_switched_off", by=by, user=user.pk)
    return user


@transaction.atomic
def switch_on(user: User, *, by: User) -> User:
    """Let `user` sign in again; return the fresh object."""
    _require_operator(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_active = user.is_staff = True
    user.save(update_fields=["is_active", "is_staff"])
    audit.record("account_changed", by=by, user=user.pk, what=["switched_on"])
    return user


def _require_operator(by: User) -> None:
    if not (by.is_superuser and by.is_active and by.is_staff):
        raise NotAllowed(_("Only the operator can do this."))
