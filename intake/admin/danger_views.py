"""The page of danger cases, for leads and auditors."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from danger import proposals
from danger.models import ProposedSentence
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.reporting import reports
from intake.reporting.danger_cases import PERIOD, danger_cases, drill_figures
from intake.scheduling import safe_times
from recovery_site.staff import time_zones

SENTENCES = 50  # rows


@require_safe
def danger_cases_page(request: StaffRequest) -> HttpResponse:
    """List the danger cases of the centres that the user leads, of all centres for an auditor, with their times."""
    centre_ids = reports.centres_for(request.user)
    if not centre_ids:
        raise PermissionDenied
    now = timezone.now()
    cases = danger_cases(centre_ids, request.user, now)
    zone = safe_times.zone(request.user.time_zone)
    context = {
        **admin.site.each_context(request),
        "title": _("Danger cases"),
        "lists": [
            (_("Cases"), [case for case in cases if not case.inquiry.is_drill]),
            (_("Drills"), [case for case in cases if case.inquiry.is_drill]),
        ],
        "days": PERIOD.days,
        "figures": drill_figures(centre_ids, request.user, now),
        "own_centres": permissions.centre_roles(request.user),
        "sentences": [(row, proposals.meaning(row)) for row in ProposedSentence.objects.select_related("proposed_by")[:SENTENCES]],
        "zone": time_zones.in_words(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/inquiry/danger_cases.html", context)
