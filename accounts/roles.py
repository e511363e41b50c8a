"""The roles that hold for the whole site. Roles at one centre (triage, lead) are intake.models.Membership."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User

EDITOR = "editor"
CLINICAL_REVIEWER = "clinical reviewer"
AUDITOR = "auditor"
SITE_ROLES = (EDITOR, CLINICAL_REVIEWER, AUDITOR)


def has_role(user: User | AnonymousUser, role: str) -> bool:
    """Tell whether an active member of staff holds the site-wide `role`; one query a user object, then remembered."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return role in user.site_roles
