"""The pages for the shift hand-over and for absences."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from intake import triage
from intake.admin.requests import StaffRequest
from intake.admin.rows import rows
from intake.cases import permissions
from intake.models import Centre, ShiftNote
from intake.notifications import rota
from intake.queue import shift_handover, shift_notes
from intake.scheduling import safe_times
from recovery_site.staff import time_zones
from recovery_site.staff.long_texts import LongTextField
from recovery_site.verbs import NotAllowed, Refused


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
    """Reassign all open cases of a staff member who is away."""
    centres = permissions.led_centres(request.user)
    if not centres:
        raise PermissionDenied
    form = AbsenceForm(request.POST or None, centres=centres)
    if request.method == "POST" and form.is_valid():
        try:
            moved, released_instead = triage.hand_over_cases(form.cleaned_data["person"], to=form.cleaned_data["to"], by=request.user)
        except Refused as refused:
            form.add_error("to", refused.message)
        else:
            messages.success(request, _("%(n)d cases handed over.") % {"n": moved})
            if released_instead:
                messages.warning(request, _("Back in the queue instead: %(cases)s.") % {"cases": ", ".join(released_instead)})
            return HttpResponseRedirect(reverse("admin:intake_inquiry_board"), status=303)
    context = {**admin.site.each_context(request), "title": _("Someone is away"), "form": form}
    return render(request, "admin/intake/inquiry/absence.html", context, status=422 if form.errors else 200)


class NoteForm(forms.Form):
    centre = forms.ModelChoiceField(label=gettext_lazy("Center"), queryset=Centre.objects.none(), empty_label=None)
    text = LongTextField(
        label=gettext_lazy("A note for the next shift"),
        max_length=shift_notes.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept sealed for 30 days. Name cases by their reference."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = Centre.objects.filter(pk__in=permissions.centre_roles(user))
        self.fields["centre"].queryset = centres  # type: ignore[attr-defined]
        if len(permissions.centre_roles(user)) == 1:
            self.fields["centre"].widget, self.fields["centre"].initial = forms.HiddenInput(), centres.first()


@require_safe
def shift_board(request: StaffRequest) -> HttpResponse:
    """Show what the next shift needs to know."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    return _board_page(request, NoteForm(user=request.user))


@require_POST
def shift_note(request: StaffRequest) -> HttpResponse:
    """Leave a note for the next shift, or say that one was read."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    if "read" in request.POST:
        try:
            note = ShiftNote.objects.filter(centre__in=permissions.centre_roles(request.user), pk=UUID(request.POST["read"])).first()
        except ValueError:
            note = None
        if note is None:
            raise Http404
        try:
            shift_notes.acknowledge(note, by=request.user)
        except NotAllowed as refused:
            messages.error(request, refused.message)
        rota.changed()
        return HttpResponseRedirect(reverse("admin:intake_inquiry_board"), status=303)
    form = NoteForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            shift_notes.write(form.cleaned_data["centre"], form.cleaned_data["text"], by=request.user)
        except (Refused, NotAllowed) as refused:
            form.add_error(None, refused.message)
        else:
            rota.changed()
            messages.success(request, _("The next shift sees on every page that your note waits."))
            return HttpResponseRedirect(reverse("admin:intake_inquiry_board"), status=303)
    return _board_page(request, form)


def _board_page(request: StaffRequest, form: NoteForm) -> HttpResponse:
    now = timezone.now()
    board = shift_handover.board(request.user, now)
    zone = safe_times.zone(request.user.time_zone)
    context = {
        **admin.site.each_context(request),
        "title": _("Hand-over of the shift"),
        "board": board,
        "lists": [
            {"title": _("Danger now"), "rows": rows(board.danger, now)},
            {"title": _("Past the promise"), "rows": rows(board.overdue, now)},
        ],
        "notes": shift_notes.recent(request.user, now),
        "note_form": form,
        "several_centres": len(permissions.centre_roles(request.user)) > 1,
        "may_hand_over": bool(permissions.led_centres(request.user)),
        "now": now,
        "zone": time_zones.in_words(zone),
    }
    with timezone.override(zone):
        return render(request, "admin/intake/inquiry/board.html", context, status=422 if form.errors else 200)
