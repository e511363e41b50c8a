"""The page of a case's consents, referrals and disclosures, and the list of cases offered by other centres."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import disclosure, triage
from intake.admin.cases import case_page, steps, typed
from intake.admin.cases.disclosure_forms import LONGEST, AnswerForm, ArrivalForm, ConsentForm, EmergencyForm, ReferralForm, TakeBackForm
from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.disclosure import disclosures, papers, referrals
from intake.models import Event, Inquiry, Referral
from intake.scheduling import safe_times
from recovery_site.verbs import Refused

FORMS: dict[str, type[forms.Form]] = {
    "consent": ConsentForm,
    "refer": ReferralForm,
    "emergency": EmergencyForm,
    "answer": AnswerForm,
    "arrival": ArrivalForm,
    "take_back": TakeBackForm,
}


@require_safe
def page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the consents, referrals and disclosures of a case."""
    return _page(request, steps.visible(request, reference), {})


def _page(request: StaffRequest, inquiry: Inquiry, bound: dict[str, forms.Form], refusal: str = "", status: int = 200) -> HttpResponse:
    record = disclosures.record(inquiry, by=request.user)
    now = timezone.now()
    with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
        forms_by_name = {name: bound.get(name) or form_of(name, inquiry) for name in FORMS}
        steps.keep_typed(bound, record.inquiry.version)
        typed.prepare(request, forms_by_name, record.drafts)
        context = {
            **admin.site.each_context(request),
            "title": _("Case %(reference)s: what was told to others") % {"reference": inquiry.reference},
            "inquiry": record.inquiry,
            "consents": [(consent, words, consent.is_in_force(now)) for consent, words in record.consents],
            "requests": record.requests,
            "disclosures": record.disclosures,
            "referrals": record.referrals,
            "forms": forms_by_name,
            "refusal": refusal,
            "calls": case_page.emergency_calls(list(inquiry.events.filter(kind=Event.Kind.EMERGENCY_CALLED).select_related("actor"))),
            "closed": inquiry.state == Inquiry.State.CLOSED,
            "open_offer": next((row.referral for row in record.referrals if row.referral.state == Referral.State.OFFERED), None),
            "accepted": referrals.accepted_last(record.inquiry),
            "came_from": next((row.referral for row in record.referrals if row.referral.to_centre_id == inquiry.centre_id), None),
            "statement": papers.STATEMENT,
        }
        return render(request, "admin/intake/inquiry/disclosures.html", context, status=status)


def form_of(name: str, inquiry: Inquiry, data: QueryDict | None = None) -> forms.Form:
    initial = {"version": inquiry.version, "at": timezone.localtime(), "discloser": inquiry.centre.legal_name or inquiry.centre.name}
    kwargs: dict[str, Any] = {"inquiry": inquiry} if name == "refer" else {}
    return FORMS[name](data, prefix=name, initial=initial, **kwargs)


_step = steps.maker(form_of, _page, "admin:intake_inquiry_disclosures", FORMS)


@_step("consent")
def consent(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    words = {name: cleaned[name] for name in disclosures.CONSENT_WORDS}
    if "ask" in request.POST:
        disclosure.ask_consent(inquiry, words=words, by=request.user, expires_at=cleaned["expires_at"])
        return _("The person is asked in the mailbox. Nothing may be told until they agree.")
    disclosure.record_consent(inquiry, words=words, by=request.user, way=cleaned["way"], expires_at=cleaned["expires_at"])
    return _("The consent is stored.")


@_step(None)
def revoke(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    disclosure.revoke_consent(inquiry, consent_id=cleaned["consent"], by=request.user)
    return _("The consent is revoked. It no longer permits any disclosure.")


@_step("refer")
def refer(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    disclosure.refer(
        inquiry,
        consent_id=cleaned["consent"].pk,
        by=request.user,
        version=cleaned["version"],
        to_centre=cleaned["to_centre"],
        note=cleaned["note"],
    )
    return _("The case is offered. It comes back to you if nobody accepts it within a day.")


@_step("answer")
def answer_outside(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    disclosure.record_answer(inquiry, accepted=cleaned["accepted"] == "yes", by=request.user, note=cleaned["note"])
    return _("The answer is recorded.")


@_step("arrival")
def arrival(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    disclosure.record_arrival(inquiry, arrived=cleaned["arrived"] == "yes", by=request.user, note=cleaned["note"])
    return _("It is recorded.")


@_step("take_back")
def take_back(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    disclosure.take_back(inquiry, by=request.user, note=cleaned["note"])
    return _("The offer is taken back. The case is with you.")


@require_POST
def referral_papers(request: StaffRequest, reference: str, referral: UUID) -> HttpResponse:
    """Show the pages to hand to a receiver outside. Their links are shown in this response only and never stored."""
    inquiry = steps.visible(request, reference)
    try:
        made = papers.make(inquiry, by=request.user, referral_id=referral)
    except Refused as refused:
        return _page(request, inquiry, {}, refused.message, steps.CONFLICT)
    except steps.CAN_NOT_OPEN:
        return _page(request, inquiry, {}, str(steps.UNREADABLE_CASE), steps.UNREADABLE)
    with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
        context = {
            **admin.site.each_context(request),
            "title": _("Case %(reference)s: pages for the receiver") % {"reference": inquiry.reference},
            "inquiry": inquiry,
            "papers": made,
            "statement": papers.STATEMENT,
        }
        response = render(request, "admin/intake/inquiry/referral_papers.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@_step("emergency")
def emergency(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    words = {name: cleaned[name] for name in disclosures.EMERGENCY_WORDS}
    disclosure.disclose_in_emergency(inquiry, words=words, by=request.user, at=cleaned["at"])
    return _("The emergency disclosure is recorded.")


@_step(None, anchor="emergency")
def emergency_call(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.record_emergency_call(inquiry, by=request.user, number=cleaned["number"])
    return _("The call is recorded. If you told them about the person, record that under “Emergency disclosure”.")


@require_safe
def offers(request: StaffRequest) -> HttpResponse:
    """List the cases that are offered to the user's centres."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Offered to us"),
        "offers": referrals.offered_to(request.user),
        "statement": papers.STATEMENT,
    }
    return render(request, "admin/intake/inquiry/offers.html", context)


@require_POST
def answer_offer(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Accept or decline an offered case."""
    offered = get_object_or_404(referrals.offered_to(request.user), pk=referral)
    accepted = request.POST.get("answer") == "accept"
    try:
        answered = (disclosure.accept if accepted else disclosure.decline)(
            offered, by=request.user, note=request.POST.get("note", "")[:LONGEST]
        )
    except Referral.DoesNotExist:  # answered by somebody else a moment ago
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refused.message)
        return HttpResponseRedirect(reverse("admin:intake_inquiry_offers"), status=303)
    if accepted:
        messages.success(request, _("The case is yours now."))
        return HttpResponseRedirect(reverse("admin:intake_inquiry_case", args=[answered.inquiry.reference]), status=303)
    messages.success(request, _("The case is back with the centre that offered it."))
    return HttpResponseRedirect(reverse("admin:intake_inquiry_offers"), status=303)
