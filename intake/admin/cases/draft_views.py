"""Keeping drafts of what staff type, putting them back and throwing them away."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from intake.admin.cases import disclosure_views, phone_intake, prescreen_views, steps, typed, views
from intake.admin.requests import StaffRequest
from intake.cases import case_keys, drafts, permissions
from intake.models import Inquiry, StaffDraft
from intake.scheduling import safe_times

NOT_KEPT = 503


@require_POST
def save(request: StaffRequest, reference: str) -> HttpResponse:
    """Keep what stands in all forms of the page that sends this (static/js/drafts.js)."""
    inquiry = steps.visible(request, reference)
    with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
        return _save(request, _forms(request, inquiry), inquiry)


@require_POST
def save_phone_intake(request: StaffRequest) -> HttpResponse:
    """Keep what stands in the form for requests by phone."""
    phone_intake.require_member(request)
    return _save(request, {phone_intake.FORM: phone_intake.form_of(request.POST)}, None)


@require_POST
def put_back(request: StaffRequest, reference: str, draft: UUID) -> HttpResponse:
    """Show the page of a draft with the draft in its form, and everything else that was typed."""
    inquiry = steps.visible(request, reference)
    row = StaffDraft.objects.filter(pk=draft, user=request.user, inquiry=inquiry, sent_at=None).only("form").first()
    if row is None:
        raise Http404
    typed.put_back(request, [str(draft), *typed.keep(request, _forms(request, inquiry), inquiry)])
    return _to_page(inquiry, row.form)


@require_POST
def discard(request: StaffRequest, reference: str, draft: UUID) -> HttpResponse:
    """Throw a draft away; keep everything else that was typed."""
    inquiry = steps.visible(request, reference)
    row = StaffDraft.objects.filter(pk=draft, user=request.user, inquiry=inquiry).only("form").first()
    drafts.discard(draft, by=request.user)
    typed.put_back(request, typed.keep(request, _forms(request, inquiry), inquiry))
    return _to_page(inquiry, row.form if row else "")


@require_POST
def put_back_phone_intake(request: StaffRequest, draft: UUID) -> HttpResponse:
    """Show the form for requests by phone with a draft in it."""
    phone_intake.require_member(request)
    kept = typed.keep(request, {phone_intake.FORM: phone_intake.form_of(request.POST)})
    typed.put_back(request, [str(draft), *kept])
    return HttpResponseRedirect(reverse("admin:intake_inquiry_by_phone"), status=303)


@require_POST
def discard_phone_intake(request: StaffRequest, draft: UUID) -> HttpResponse:
    """Throw away a draft of a request by phone."""
    phone_intake.require_member(request)
    drafts.discard(draft, by=request.user)
    typed.put_back(request, typed.keep(request, {phone_intake.FORM: phone_intake.form_of(request.POST)}))
    return HttpResponseRedirect(reverse("admin:intake_inquiry_by_phone"), status=303)


def keep_unsent(request: HttpRequest) -> None:
    """Keep what a form carries that is refused before its view sees it (recovery_site.staff.unsent)."""
    match = resolve(request.path_info)
    if not isinstance(request.user, User) or not (match.url_name or "").startswith("intake_inquiry_"):
        return
    staff_request = cast(StaffRequest, request)
    reference = match.kwargs.get("reference")
    if reference is not None:
        inquiry = permissions.visible_inquiries(request.user).filter(reference=reference).first()
        if inquiry is not None:
            typed.keep(staff_request, _forms(staff_request, inquiry), inquiry)
    elif match.url_name in ("intake_inquiry_by_phone", "intake_inquiry_save_by_phone") and permissions.centre_roles(request.user):
        typed.keep(staff_request, {phone_intake.FORM: phone_intake.form_of(request.POST)})


def _save(request: StaffRequest, page_forms: Mapping[str, forms.BaseForm], inquiry: Inquiry | None) -> HttpResponse:
    for name, form in page_forms.items():
        draft_id = typed.form_id(request.POST, name)
        if draft_id is None:
            continue
        try:
            drafts.save(draft_id, name, typed.fields_of(form, request.POST), by=request.user, inquiry=inquiry)
        except typed.CAN_NOT_KEEP as error:
            # Of an erased case nothing is kept: there is nothing left to answer.
            if isinstance(error, case_keys.KeyLost) and inquiry is not None and inquiry.erased_at:
                continue
            return HttpResponse(status=NOT_KEPT)
    now = date_format(timezone.localtime(), "TIME_FORMAT")
    return HttpResponse(_("What you typed is kept (%(time)s).") % {"time": now}, content_type="text/plain")


def _forms(request: StaffRequest, inquiry: Inquiry) -> dict[str, forms.BaseForm]:
    """Return the forms of the page that sent the request, with what was typed."""
    pages = (
        (views.FORMS, views.form_of),
        (disclosure_views.FORMS, disclosure_views.form_of),
        (prescreen_views.FORMS, prescreen_views.form_of),
    )
    return {name: maker(name, inquiry, request.POST) for names, maker in pages for name in names if typed.id_name(name) in request.POST}


def _to_page(inquiry: Inquiry, form: str) -> HttpResponse:
    name = "prescreen" if form in prescreen_views.FORMS else "disclosures" if form in disclosure_views.FORMS else "case"
    anchor = f"#{form}-title" if form in ("attempt", "reply", "note", "consent", "emergency") else ""
    return HttpResponseRedirect(reverse(f"admin:intake_inquiry_{name}", args=[inquiry.reference]) + anchor, status=303)
