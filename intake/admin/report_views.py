"""The lead's dashboard."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.models import Centre
from intake.reporting import charts, counting, reports
from intake.reporting.suppression import SMALLEST_CELL, suppressed
from intake.scheduling import safe_times
from recovery_site.staff import time_zones

PERIODS = {
    "7": gettext_lazy("Last 7 days"),
    "30": gettext_lazy("Last 30 days"),
    "90": gettext_lazy("Last 90 days"),
    "last-week": gettext_lazy("Last week"),
    "month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
}


def period_called(name: str, today: dt.date) -> counting.Period:
    """Return the period with a key of PERIODS."""
    if name == "last-week":
        return counting.last_week(today)
    if name == "month":
        return counting.Period(today.replace(day=1), today)
    if name == "last-month":
        return counting.month_before(today)
    return counting.last_days(int(name), today)


@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the report on the chosen centre and period."""
    centre_ids = reports.centres_for(request.user)
    if not centre_ids:
        raise PermissionDenied
    asked = str(request.GET.get("period", ""))
    name = asked if asked in PERIODS else "30"
    centres = list(Centre.objects.filter(pk__in=centre_ids).prefetch_related("opening_hours"))
    chosen = request.GET.get("centre", "")
    shown = [centre for centre in centres if str(centre.pk) == chosen] or centres
    now = timezone.now()
    report = reports.fresh_enough(shown, period_called(name, counting.today(shown, now)), now)
    # A lead knows who works on what; for all others a colleague's few cases are a small number like any other.
    leads_all = {centre.pk for centre in shown} <= set(permissions.led_centres(request.user))
    workload = report.workload if leads_all else suppressed(report.workload)
    zone = safe_times.zone(request.user.time_zone)
    context = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "report": report,
        "charts": charts.of_report(report, workload, several_centres=len(shown) > 1),
        "period": name,
        "periods": PERIODS.items(),
        "centres": centres,
        "chosen": shown[0] if len(shown) == 1 else None,
        "smallest": SMALLEST_CELL,
        "zone": time_zones.in_words(zone),
        "zones": [time_zones.in_words(ZoneInfo(name)) for name in report.zones],
    }
    with timezone.override(zone):
        return render(request, "admin/intake/inquiry/dashboard.html", context)
