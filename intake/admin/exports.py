"""The page that exports inquiries to a file."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.models import ExportRecord
from intake.reporting import exports
from recovery_site.staff.moments import MomentField


class ExportForm(forms.Form):
    since = MomentField(label=gettext_lazy("Received from"))
    until = MomentField(label=gettext_lazy("until"))
    file_format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=ExportRecord.Reason.choices)
    with_identity = forms.BooleanField(
        label=gettext_lazy("With names, phones and e-mails"),
        required=False,
        help_text=gettext_lazy("The history of each case will show that you exported its name."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest) -> HttpResponse:
    """Export inquiries to a file. For leads only; every export is recorded."""
    if not permissions.led_centres(request.user):
        raise PermissionDenied
    now = timezone.now()
    form = ExportForm(request.POST or None, initial={"since": now - dt.timedelta(days=30), "until": now})
    if request.method == "POST" and form.is_valid():
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
    return render(request, "admin/intake/inquiry/export.html", context, status=422 if form.errors else 200)


def _own_records(user: User) -> list[ExportRecord]:
    led = set(permissions.led_centres(user))
    return [record for record in ExportRecord.objects.select_related("made_by")[:100] if led & set(record.centres)][:20]
