"""Site-wide roles. Roles at one centre (triage, lead) are intake.models.Membership."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User

EDITOR = "editor"
CLINICAL_REVIEWER = "clinical reviewer"
AUDITOR = "auditor"
SITE_ROLES = (EDITOR, CLINICAL_REVIEWER, AUDITOR)


def has_role(user: User | AnonymousUser, role: str) -> bool:
    """Return whether `user` is active staff with the site-wide `role`. One query per user object, then cached."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    return role in user.site_roles
