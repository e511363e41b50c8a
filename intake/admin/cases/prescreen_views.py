"""The pre-screen of a case, its one-page summary, and the waiting list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from intake import admission
from intake.admin.cases import case_page, steps, typed
from intake.admin.forms import VersionedForm
from intake.admin.requests import StaffRequest
from intake.admission import prescreens, summaries
from intake.cases import labels, permissions
from intake.models import Inquiry, WaitingListEntry
from intake.scheduling import safe_times
from recovery_site.staff.long_texts import LongTextField

LONGEST = 4_000  # characters
SEVERITIES = [
    ("", gettext_lazy("not asked")),
    ("none", gettext_lazy("no concern")),
    ("some", gettext_lazy("some concern")),
    ("serious", gettext_lazy("serious concern")),
]
FORMS = ("prescreen",)
ON_THE_LIST = 200  # rows of the waiting list


class PreScreenForm(VersionedForm):
    """The pre-screen. All fields are optional."""

    red_flags = forms.MultipleChoiceField(
        label=gettext_lazy("Red flags"),
        choices=prescreens.RED_FLAGS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The first five: the emergency number or 988 first, questions after."),
    )
    payer = forms.CharField(label=gettext_lazy("Who would pay"), required=False, max_length=LONGEST)
    availability = forms.CharField(label=gettext_lazy("When they can come"), required=False, max_length=LONGEST)
    notes = LongTextField(label=gettext_lazy("Notes"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in prescreens.DIMENSIONS:
            self.fields[name] = forms.ChoiceField(label=label, choices=SEVERITIES, required=False)
            self.fields[f"{name}_note"] = forms.CharField(
                label=_("%(dimension)s: in words") % {"dimension": label},
                required=False,
                max_length=LONGEST,
                widget=forms.TextInput(attrs={"placeholder": _("in words")}),
            )
        dimensions = [part for name, _label in prescreens.DIMENSIONS for part in (name, f"{name}_note")]
        self.order_fields(["red_flags", *dimensions, "payer", "availability", "notes"])


@require_safe
def page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the form of the pre-screen."""
    return _page(request, steps.visible(request, reference), {})


def _page(request: StaffRequest, inquiry: Inquiry, bound: dict[str, forms.Form], refusal: str = "", status: int = 200) -> HttpResponse:
    summary = summaries.of_case(inquiry, by=request.user)
    form = bound.get("prescreen") or PreScreenForm(prefix="prescreen", initial={**summary.pre_screen, "version": inquiry.version})
    steps.keep_typed(bound, summary.inquiry.version)
    typed.prepare(request, {"prescreen": form}, summary.drafts)
    context = {
        **admin.site.each_context(request),
        "title": _("Case %(reference)s: pre-screen") % {"reference": inquiry.reference},
        "inquiry": inquiry,
        "form": form,
        "refusal": refusal,
        # Shown beside the typed answers after a conflict, so that saving again doesn't overwrite a colleague's unseen.
        "stored": summaries.lines(summary.pre_screen) if status == steps.CONFLICT else [],
    }
    return render(request, "admin/intake/inquiry/prescreen.html", context, status=status)


def form_of(name: str, inquiry: Inquiry, data: QueryDict | None = None) -> forms.Form:
    return PreScreenForm(data, prefix=name)


_step = steps.maker(form_of, _page, "admin:intake_inquiry_prescreen", FORMS)


@_step("prescreen")
def save(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    answers = {name: value for name, value in cleaned.items() if name != "version"}
    admission.save_prescreen(inquiry, answers=answers, by=request.user, version=cleaned["version"])
    return _("The pre-screen is stored, sealed.")


@require_safe
def summary(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the case on one page to print, without name, phone number and e-mail address. This is recorded."""
    inquiry = steps.visible(request, reference)
    shown = summaries.of_case(inquiry, by=request.user, shown=True)
    shown.inquiry.centre = inquiry.centre
    now = timezone.now()
    with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
        context = {
            **admin.site.each_context(request),
            "title": _("Summary of case %(reference)s") % {"reference": inquiry.reference},
            "inquiry": shown.inquiry,
            "safety": case_page.safety(shown.inquiry, now),
            "content": labels.lines(shown.content),
            "pre_screen": summaries.lines(shown.pre_screen),
            "reasons": [labels.reason(code) for code in inquiry.priority_reasons],
            "printed_at": now,
        }
        return render(request, "admin/intake/inquiry/summary.html", context)


@require_safe
def waiting_list(request: StaffRequest) -> HttpResponse:
    """Show the waiting list: by priority, then longest waiting first."""
    centres = permissions.centre_roles(request.user)
    if not centres:
        raise PermissionDenied
    visible = permissions.visible_inquiries(request.user)
    entries = (
        WaitingListEntry.objects.filter(inquiry__in=visible)
        .select_related("inquiry__centre", "inquiry__claimed_by")
        .defer("sealed", "inquiry__sealed", "inquiry__submission")
        .order_by("inquiry__priority", "since")[:ON_THE_LIST]
    )
    context = {**admin.site.each_context(request), "title": _("Waiting list"), "entries": entries, "now": timezone.now()}
    return render(request, "admin/intake/inquiry/waiting_list.html", context)
