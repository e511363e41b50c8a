"""The panels of the intake app on the admin's index page."""

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.admin.rows import ON_FRONT_PAGE, rows
from intake.cases import permissions
from intake.queue import queue
from recovery_site.staff.admin_site import Panel


def queue_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the top of the queue, or None for users who work at no centre."""
    if not isinstance(request.user, User) or not permissions.centre_roles(request.user):
        return None
    page = queue.page(request.user, size=ON_FRONT_PAGE)
    return Panel(
        "admin/intake/inquiry/panel.html",
        {
            "rows": rows(page.rows),
            "more": page.next is not None,
            "leads": bool(permissions.led_centres(request.user)),
            "several_centres": len(permissions.centre_roles(request.user)) > 1,
        },
    )


def reports_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with a link to the reports for auditors, or None. Leads have that link beside their queue."""
    if not has_role(request.user, AUDITOR) or permissions.centre_roles(request.user):
        return None
    return Panel("admin/intake/inquiry/reports_panel.html", {})
