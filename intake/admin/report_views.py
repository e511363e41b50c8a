"""The lead's dashboard and its charts."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.models import Centre
from intake.reporting import reports
from intake.reporting.suppression import SMALLEST_CELL, Cell, suppressed
from recovery_site.staff.paths import number

CHART_WIDTH, BAR, GAP = 640, 18, 6  # in the chart's own units
LABEL = 150


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, in the chart's units."""

    label: str
    shown: str
    y: int
    width: int


@dataclass(frozen=True)
class Chart:
    """A bar chart and the table of the same numbers."""

    slug: str
    title: Any
    bars: list[Bar]
    height: int


def chart(slug: str, title: Any, cells: list[Cell]) -> Chart:
    """Return a chart of `cells`; a number too small to show has the words for that and no length that gives it away."""
    most = max((cell.count or 0 for cell in cells), default=0) or 1
    bars = [
        Bar(
            cell.label,
            _("not shown") if cell.count is None else str(cell.count),
            number * (BAR + GAP),
            0 if cell.count is None else round(cell.count / most * (CHART_WIDTH - LABEL - 90)),
        )
        for number, cell in enumerate(cells)
    ]
    return Chart(slug, title, bars, len(bars) * (BAR + GAP))


@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the report on the chosen centre and period."""
    centre_ids = reports.centres_for(request.user)
    if not centre_ids:
        raise PermissionDenied
    asked = str(request.GET.get("days", ""))
    days = int(asked) if asked in map(str, reports.PERIODS) else reports.PERIODS[1]
    chosen = request.GET.get("centre", "")
    shown = [one] if (one := number(chosen)) in centre_ids and one is not None else centre_ids
    now = timezone.now()
    report = reports.fresh_enough(shown, days, now)
    by_week = days > reports.MOST_DAYS
    # A lead knows who works on what; for all others a colleague's few cases are a small number like any other.
    leads_all = set(shown) <= set(permissions.led_centres(request.user))
    charts = [
        chart("day", _("Inquiries by week, from Monday on") if by_week else _("Inquiries by day"), report.by_day),
        chart("hour", _("Inquiries by hour of the day"), report.by_hour),
        chart("centre", _("Inquiries by centre"), report.by_centre),
        chart("guide", _("Inquiries by the guide they came from"), report.by_guide),
        chart("outcome", _("How closed cases ended"), report.by_outcome),
        chart("attempts", _("Attempts for each case"), report.by_attempts),
        chart("workload", _("Open cases by colleague"), report.workload if leads_all else suppressed(report.workload)),
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "report": report,
        "charts": charts,
        "days": days,
        "periods": reports.PERIODS,
        "centres": Centre.objects.filter(pk__in=centre_ids),
        "chosen": shown[0] if len(shown) == 1 else None,
        "smallest": SMALLEST_CELL,
    }
    return render(request, "admin/intake/inquiry/dashboard.html", context)
