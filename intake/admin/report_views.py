"""The lead's side: dashboard, exports, absence, and the board for the hand-over between shifts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from intake import board, exports, permissions, reports, safe_contact, triage
from intake.admin.forms import MomentField
from intake.admin.requests import StaffRequest
from intake.admin.rows import rows
from intake.models import Centre, ExportRecord

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


def chart(slug: str, title: Any, cells: list[reports.Cell]) -> Chart:
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
    """Show the report on the chosen centre and stretch of time."""
    centre_ids = reports.centres_for(request.user)
    if not centre_ids:
        raise PermissionDenied
    asked = str(request.GET.get("days", ""))
    days = int(asked) if asked in map(str, reports.PERIODS) else reports.PERIODS[1]
    chosen = request.GET.get("centre", "")
    shown = [int(chosen)] if chosen.isdecimal() and int(chosen) in centre_ids else centre_ids
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
        chart("workload", _("Open cases by colleague"), report.workload if leads_all else reports.suppressed(report.workload)),
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
        "smallest": reports.SMALLEST_CELL,
    }
    return render(request, "admin/intake/inquiry/dashboard.html", context)


class ExportForm(forms.Form):
    since = MomentField(label=gettext_lazy("Received from"))
    until = MomentField(label=gettext_lazy("until"))
    file_format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=ExportRecord.Reason.choices)
    with_identity = forms.BooleanField(
        label=gettext_lazy("With names, phones and e-mails"),
        required=False,
        help_text=gettext_lazy("Each case’s history will say that you took its name out of the house."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest) -> HttpResponse:
    """Make a file of inquiries; a lead's step, always recorded."""
    if not permissions.led_centres(request.user):
        raise PermissionDenied
    now = timezone.now()
    form = ExportForm(request.POST or None, initial={"since": now - timedelta(days=30), "until": now})
    if request.method == "POST" and form.is_valid():
        wanted = exports.Wanted(**form.cleaned_data)
        try:
            content = exports.export(wanted, by=request.user)
        except exports.ExportRefused as refused:
            form.add_error(None, refused.message)
        else:
            name = f"inquiries-{now:%Y-%m-%d}.{wanted.file_format}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
            return HttpResponse(content, content_type=exports.FORMATS[wanted.file_format], headers=headers)
    records = ExportRecord.objects.select_related("made_by")[:20] if request.user.is_superuser else _own_records(request.user)
    context = {**admin.site.each_context(request), "title": _("Export"), "form": form, "records": records}
    return render(request, "admin/intake/inquiry/export.html", context, status=422 if form.errors else 200)


def _own_records(user: User) -> list[ExportRecord]:
    led = set(permissions.led_centres(user))
    return [record for record in ExportRecord.objects.select_related("made_by")[:100] if led & set(record.centres)][:20]


class AbsenceForm(forms.Form):
    person = forms.ModelChoiceField(label=gettext_lazy("Who is away"), queryset=User.objects.none())
    to = forms.ModelChoiceField(
        label=gettext_lazy("Who takes the cases"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("everybody: back to the queue"),
    )

    def __init__(self, *args: Any, centres: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(memberships__centre__in=centres).distinct().order_by("display_name", "username")
        self.fields["person"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["to"].queryset = colleagues.filter(is_active=True, is_staff=True)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: StaffRequest) -> HttpResponse:
    """Hand over all open cases of somebody who is away."""
    centres = permissions.led_centres(request.user)
    if not centres:
        raise PermissionDenied
    form = AbsenceForm(request.POST or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        try:
            moved, not_theirs = triage.hand_over_cases(form.cleaned_data["person"], to=form.cleaned_data["to"], by=request.user)
        except triage.Refused as refused:
            form.add_error("to", refused.message)
        else:
            messages.success(request, _("%(n)d cases handed over.") % {"n": moved})
            if not_theirs:
                messages.warning(request, _("Back in the queue instead: %(cases)s.") % {"cases": ", ".join(not_theirs)})
            return HttpResponseRedirect(reverse("admin:intake_inquiry_board"), status=303)
    context = {**admin.site.each_context(request), "title": _("Someone is away"), "form": form}
    return render(request, "admin/intake/inquiry/absence.html", context, status=422 if form.errors else 200)


@require_safe
def shift_board(request: StaffRequest) -> HttpResponse:
    """Show what the next shift must know."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    now = timezone.now()
    made = board.board(request.user, now)
    zone = safe_contact.zone(request.user.time_zone)
    context = {
        **admin.site.each_context(request),
        "title": _("Hand-over of the shift"),
        "board": made,
        "lists": [
            {"title": _("Danger now"), "rows": rows(made.danger, now)},
            {"title": _("Past the promise"), "rows": rows(made.overdue, now)},
        ],
        "may_hand_over": bool(permissions.led_centres(request.user)),
        "now": now,
        "zone": str(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/inquiry/board.html", context)
