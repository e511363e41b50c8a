"""The case page and what can be done from it. A refused step comes back with the case as it is now and all that was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import cadence, permissions, safe_contact, triage
from intake.admin import case_page, contact_window
from intake.admin.forms import AssignForm, AttemptForm, CloseForm, HandOverForm, MergeForm, NoteForm, ReplyForm
from intake.admin.requests import StaffRequest
from intake.models import Inquiry
from intake.triage import presence

FORMS: dict[str, type[forms.Form]] = {
    "attempt": AttemptForm,
    "reply": ReplyForm,
    "note": NoteForm,
    "close": CloseForm,
    "assign": AssignForm,
    "hand_over": HandOverForm,
    "merge": MergeForm,
}
# These choose among what belongs to the case.
OF_THE_CASE = ("assign", "hand_over")
BAD_INPUT, CONFLICT = 422, 409


@require_safe
def case(request: StaffRequest, reference: str) -> HttpResponse:
    """Open a case."""
    return _page(request, _visible(request, reference))


def _visible(request: StaffRequest, reference: str) -> Inquiry:
    """Return the case; the same 404 for one that isn't there and for one of another centre."""
    inquiry = permissions.visible_inquiries(request.user).select_related("centre").filter(reference=reference).first()
    if inquiry is None:
        raise Http404
    return inquiry


def _page(
    request: StaffRequest, inquiry: Inquiry, *, bound: dict[str, forms.Form] | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    seconds = contact_window.seconds_left(request, inquiry)
    opened = triage.open_case(inquiry.pk, by=request.user, with_contact=seconds > 0)
    opened.inquiry.centre = inquiry.centre
    now = timezone.now()
    presence.seen(opened.inquiry, request.user, now)
    with timezone.override(safe_contact.zone(inquiry.centre.time_zone)):
        context = {
            **admin.site.each_context(request),
            **case_page.context(opened, request.user, now),
            "forms": _forms(opened, bound or {}),
            "refusal": refusal,
            "contact_closes": contact_window.css_class(seconds),
            "contact_shown": seconds > 0,
        }
        return render(request, "admin/intake/inquiry/case.html", context, status=status)


def _forms(opened: triage.Case, bound: dict[str, forms.Form]) -> dict[str, forms.Form]:
    """Return the page's forms, fresh but for the one that was just sent: that keeps what was typed, on today's version."""
    inquiry = opened.inquiry
    initial: dict[str, dict[str, Any]] = {name: {"version": inquiry.version} for name in FORMS}
    initial["attempt"] |= {"way": inquiry.contact_way, "next_action_at": _proposal(opened)}
    made = {name: bound.get(name) or _form(name, inquiry, initial=initial[name]) for name in FORMS}
    for form in bound.values():
        form.data = {**form.data.dict(), form.add_prefix("version"): inquiry.version}  # type: ignore[attr-defined]
    return made


def _form(name: str, inquiry: Inquiry, data: QueryDict | None = None, **kwargs: Any) -> forms.Form:
    if name in OF_THE_CASE:
        kwargs["inquiry"] = inquiry
    return FORMS[name](data, prefix=name, **kwargs)


def _proposal(opened: triage.Case) -> datetime | None:
    proposal = cadence.next_try(opened.inquiry, [attempt.made_at for attempt, _note in opened.attempts], timezone.now())
    return None if proposal is None else timezone.localtime(proposal)


def case_url(inquiry: Inquiry) -> str:
    """Return the address of a case page."""
    return reverse("admin:intake_inquiry_case", args=[inquiry.reference])


def _step(name: str | None = None) -> Callable[..., Any]:
    """Make a POST view of a function (request, inquiry, cleaned) that calls one verb and returns what to say.

    `name` is the form that must be valid first. A refusal shows the case as it is now, the form still filled.
    """

    def decorate(view: Callable[[StaffRequest, Inquiry, dict[str, Any]], str]) -> Callable[..., HttpResponse]:
        @require_POST
        def wrapped(request: StaffRequest, reference: str) -> HttpResponse:
            inquiry = _visible(request, reference)
            bound = {}
            with timezone.override(safe_contact.zone(inquiry.centre.time_zone)):
                if name is not None:
                    form = _form(name, inquiry, request.POST)
                    bound = {name: form}
                    if not form.is_valid():
                        return _page(request, inquiry, bound=bound, status=BAD_INPUT)
                try:
                    said = view(request, inquiry, bound[name].cleaned_data if name is not None else {})
                except triage.Refused as refused:
                    return _page(request, inquiry, bound=bound, refusal=refused.message, status=CONFLICT)
                except Inquiry.DoesNotExist:
                    raise Http404 from None
            messages.success(request, said)
            # A step may have taken the case out of sight.
            still_theirs = permissions.visible_inquiries(request.user).filter(pk=inquiry.pk).exists()
            return HttpResponseRedirect(case_url(inquiry) if still_theirs else reverse("admin:intake_inquiry_changelist"), status=303)

        return wrapped

    return decorate


@_step()
def claim(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.claim(inquiry.pk, by=request.user)
    return _("You have this case now.")


@_step()
def release(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.release(inquiry.pk, by=request.user)
    return _("The case is given back. Anybody can take it.")


@_step()
def show_contact(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.show_contact(inquiry.pk, by=request.user)
    contact_window.open_for(request, inquiry)
    return _("Contact details are shown for five minutes. That you looked is recorded.")


@_step("attempt")
def attempt(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.log_attempt(inquiry.pk, by=request.user, **cleaned)
    return _("The attempt is logged.")


@_step("reply")
def reply(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.reply(inquiry.pk, by=request.user, **cleaned)
    return _("The reply is in the mailbox.")


@_step("note")
def note(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.add_note(inquiry.pk, by=request.user, **cleaned)
    return _("The note is stored.")


@_step("close")
def close(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.close(inquiry.pk, by=request.user, **cleaned)
    return _("The case is closed.")


@_step()
def reopen(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.reopen(inquiry.pk, by=request.user, version=inquiry.version)
    return _("The case is open again.")


@_step("assign")
def assign(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.assign(inquiry.pk, cleaned["to"], by=request.user)
    return _("%(name)s has this case now.") % {"name": cleaned["to"].shown_name}


@_step("hand_over")
def hand_over(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.hand_over(inquiry.pk, cleaned["to"], by=request.user, version=cleaned["version"])
    return _("%(centre)s has the case now.") % {"centre": cleaned["to"].name}


@_step()
def recuse(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.recuse(inquiry.pk, by=request.user)
    return _("You stepped back from the case. You will not see it again.")


@_step()
def watch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.watch(inquiry.pk, by=request.user)
    return _("You watch this case.")


@_step()
def unwatch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.unwatch(inquiry.pk, by=request.user)
    return _("You no longer watch this case.")


@_step("merge")
def merge(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    into = _visible(request, cleaned["into"])
    triage.merge(inquiry.pk, into.pk, by=request.user, version=cleaned["version"])
    return _("The case is closed as a duplicate of %(reference)s. You can undo this here.") % {"reference": into.reference}


@_step()
def unmerge(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.unmerge(inquiry.pk, by=request.user)
    return _("The merging is undone.")


@_step()
def block(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.block(inquiry.pk, by=request.user, version=inquiry.version)
    return _("The contact is blocked and the case closed as spam.")


@require_safe
def who_is_here(request: StaffRequest, reference: str) -> HttpResponse:
    """Note that the page is still open, and tell who else has it open and whether it changed (asked every ten seconds)."""
    inquiry = _visible(request, reference)
    now = timezone.now()
    presence.seen(inquiry, request.user, now)
    seen = request.GET.get("version", "")
    context = {
        "others_here": presence.others(inquiry, request.user, now),
        "changed": seen.isdecimal() and int(seen) != inquiry.version,
        "inquiry": inquiry,
    }
    return render(request, "admin/intake/inquiry/presence.html", context)
