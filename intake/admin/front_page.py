"""The panels of the intake app on the admin's index page."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import AUDITOR, has_role
from intake.admin.rows import ON_FRONT_PAGE, rows, with_topics
from intake.cases import permissions
from intake.models import Centre, Event
from intake.notifications import alarms
from intake.oversight import notices
from intake.queue import queue
from recovery_site.staff.admin_site import Panel

UNTOLD_FOR = dt.timedelta(days=7)  # how long an alarm that reached nobody is shown
ROWS = 20  # of each kind


def alarms_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the open alarms of one's centres and, for leads and operators, those that reached nobody.

    Operators see those of all centres by reference only: they can't open cases. None when there is nothing to show.
    """
    user = request.user
    if not isinstance(user, User) or not (user.is_superuser or permissions.centre_roles(user)):
        return None
    own, hidden = set(permissions.centre_roles(user)), permissions.recused_from(user)
    configured = Centre.objects.all() if user.is_superuser else Centre.objects.filter(pk__in=permissions.led_centres(user))
    # Open alarms are few, cases many: asked for by centre, the database would look at every case of the centre.
    ringing = [alarm for alarm in alarms.unanswered().select_related("inquiry__centre") if alarm.inquiry_id not in hidden]
    untold = Event.objects.filter(kind=Event.Kind.NOBODY_TOLD, at__gte=timezone.now() - UNTOLD_FOR, inquiry__centre__in=configured)
    if not user.is_superuser:
        ringing = [alarm for alarm in ringing if alarm.inquiry.centre_id in own]
    ringing.sort(key=lambda alarm: alarm.opened_at)

    def row(inquiry: Any, **more: Any) -> dict[str, Any]:
        return {"reference": inquiry.reference, "centre": inquiry.centre, "may_open": inquiry.centre_id in own, **more}

    events = untold.exclude(inquiry__in=hidden).select_related("inquiry__centre")[:ROWS]
    missed = {event.inquiry.pk: event.inquiry for event in events if event.inquiry}
    context = {
        "open": [row(alarm.inquiry, opened_at=alarm.opened_at) for alarm in ringing[:ROWS]],
        "untold": [row(inquiry) for inquiry in missed.values()],
    }
    return Panel("admin/intake/inquiry/alarms_panel.html", context) if any(context.values()) else None


def queue_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the top of the queue, or None for users who work at no centre."""
    if not isinstance(request.user, User) or not permissions.centre_roles(request.user):
        return None
    page = queue.page(request.user, size=ON_FRONT_PAGE)
    return Panel(
        "admin/intake/inquiry/panel.html",
        {
            "rows": with_topics(rows(page.rows), request.user),
            "more": page.next is not None,
            "leads": bool(permissions.led_centres(request.user)),
            "several_centres": len(permissions.centre_roles(request.user)) > 1,
        },
    )


def reports_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the reports and the unusual reading for auditors, or None. Leads have both in their own panels."""
    user = request.user
    if not isinstance(user, User) or not has_role(user, AUDITOR) or permissions.can_configure(user):
        return None
    return Panel("admin/intake/inquiry/reports_panel.html", {"notices": notices.waiting_for(user).count()})
