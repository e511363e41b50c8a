"""The queue on the first page after sign-in."""

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.admin.rows import ON_FRONT_PAGE, rows
from intake.cases import permissions
from intake.queue import queue
from recovery_site.staff.admin_site import Panel


def queue_panel(request: HttpRequest) -> Panel | None:
    """Return the top of the queue for people who work at a centre, None for everybody else."""
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
    """Return the way to the reports for an auditor; leads have it beside their queue."""
    if not has_role(request.user, AUDITOR) or permissions.centre_roles(request.user):
        return None
    return Panel("admin/intake/inquiry/reports_panel.html", {})
