"""The pages of the shift board and of absences."""

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
from intake import triage
from intake.admin.requests import StaffRequest
from intake.admin.rows import rows
from intake.cases import permissions
from intake.queue import shift_handover
from intake.scheduling import safe_times
from recovery_site.verbs import Refused


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
        except Refused as refused:
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
    made = shift_handover.board(request.user, now)
    zone = safe_times.zone(request.user.time_zone)
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
