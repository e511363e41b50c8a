"""Saying what is free, in one press on the staff's front page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from intake.admin.requests import StaffRequest
from intake.admission import openings
from intake.cases import permissions
from intake.models import Availability, Centre
from recovery_site.staff.admin_site import Panel
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused


def openings_panel(request: HttpRequest) -> Panel | None:
    """Return a panel with the levels of care of one's centres and what is said of each; None where no centre offers any. Two queries."""
    if not isinstance(request.user, User) or not permissions.centre_roles(request.user):
        return None
    centres = Centre.objects.filter(pk__in=permissions.centre_roles(request.user)).prefetch_related(openings.said_lately())
    shown = [{"centre": centre, "levels": levels} for centre in centres if (levels := openings.of_levels(centre))]
    return Panel("admin/intake/openings_panel.html", {"centres": shown, "states": Availability.State.choices}) if shown else None


@require_POST
def say(request: StaffRequest) -> HttpResponse:
    """Store what a button of the panel says."""
    roles = permissions.centre_roles(request.user)
    asked = number(request.POST.get("centre", ""))
    if not roles or (asked is not None and asked not in roles):
        raise PermissionDenied
    centre = Centre.objects.filter(pk=asked).first() if asked is not None else None
    try:
        if centre is None:
            raise Refused(_("Choose one of the levels of care that your centre offers."))
        row = openings.say(centre, request.POST.get("level", ""), request.POST.get("state", ""), by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        facts = {"level": row.get_level_display(), "state": row.get_state_display()}
        if row.state:
            messages.success(request, _("Visitors now read: %(level)s, %(state)s. It goes after 24 hours.") % facts)
        else:
            messages.success(request, _("Visitors now read nothing about %(level)s.") % facts)
    response = HttpResponseRedirect(reverse("admin:index"))
    response.status_code = 303
    return response
