"""The line on each staff page, for leads and operators, while something is wrong with the site itself."""

from django.http import HttpRequest

from accounts.models import User
from intake.cases import permissions
from intake.health import state
from recovery_site.staff.admin_site import Panel


def health_head(request: HttpRequest) -> Panel | None:
    """Return the line, or None for all others and while all is well, which costs three queries a minute in each process."""
    found = state.cached()
    user = request.user
    if found.ok or not isinstance(user, User) or not permissions.can_configure(user):
        return None
    return Panel("admin/intake/health_head.html", {"state": found, "operates": user.is_superuser})
