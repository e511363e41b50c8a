"""The page that exports inquiries to a file."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.factors import step_up
from accounts.models import User
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.models import Centre, ExportRecord
from intake.reporting import counting, exports
from intake.scheduling import safe_times
from recovery_site.staff import time_zones

MONTHS = 6  # that are offered with one press


class DayInput(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ExportForm(forms.Form):
    """What to export. The days are those of the centres; `cleaned_data["period"]` is the counting.Period."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput, help_text=gettext_lazy("This day is included."))
    file_format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=ExportRecord.Reason.choices)
    with_identity = forms.BooleanField(
        label=gettext_lazy("With names, phones and e-mails"),
        required=False,
        help_text=gettext_lazy("The history of each case will show that you exported its name."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["period"] = counting.Period(cleaned.pop("first"), cleaned.pop("last"))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest) -> HttpResponse:
    """Export inquiries to a file. For leads only; every export is recorded."""
    centres = list(Centre.objects.filter(pk__in=permissions.led_centres(request.user)))
    if not centres:
        raise PermissionDenied
    now = timezone.now()
    months = _months(counting.today(centres, now))
    asked = request.GET.get("month", "")
    chosen = next((month for month in months if f"{month.first:%Y-%m}" == asked), months[0])
    typed = step_up.typed(request)
    initial = typed.dict() if typed else {"first": chosen.first, "last": chosen.last}
    form = ExportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["with_identity"] and not step_up.is_fresh(request):
            return step_up.ask(request, send_again=False)
        options = exports.Wanted(**form.cleaned_data)
        try:
            content = exports.export(options, by=request.user)
        except exports.ExportRefused as refused:
            form.add_error(None, refused.message)
        else:
            name = f"inquiries-{now:%Y-%m-%d}.{options.file_format}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
            return HttpResponse(content, content_type=exports.FORMATS[options.file_format], headers=headers)
    records = ExportRecord.objects.select_related("made_by")[:20] if request.user.is_superuser else _own_records(request.user)
    context = {**admin.site.each_context(request), "title": _("Export"), "form": form, "records": records}
    zone = safe_times.zone(request.user.time_zone)
    zones = [time_zones.in_words(ZoneInfo(name)) for name in counting.zones(centres)]
    context |= {
        "months": months,
        "chosen": chosen,
        "zones": zones,
        "zone": time_zones.in_words(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/inquiry/export.html", context, status=422 if form.errors else 200)


def _months(today: dt.date) -> list[counting.Period]:
    """Return the last MONTHS whole months, the latest first."""
    months = [counting.month_before(today)]
    while len(months) < MONTHS:
        months.append(counting.month_before(months[-1].first))
    return months


def _own_records(user: User) -> list[ExportRecord]:
    led = set(permissions.led_centres(user))
    return [record for record in ExportRecord.objects.select_related("made_by")[:100] if led & set(record.centres)][:20]
