"""Recording an inquiry for a caller: the contact form without the fields for browsers, and a receipt to read out."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from intake.admin.cases import typed
from intake.admin.requests import StaffRequest
from intake.cases import drafts, permissions
from intake.crypto import receipts
from intake.forms import InquiryForm
from intake.submission import form_tokens, receive

FORM = "by_phone"
# Fields of the contact form that make no sense on the phone.
OMITTED = ("website", "guide", "email_asked")


def form_of(data: QueryDict | None = None) -> InquiryForm:
    """Return the contact form as it is on the phone."""
    form = InquiryForm(data) if data is not None else InquiryForm(initial={"token": form_tokens.issue()})
    for name in OMITTED:
        del form.fields[name]
    return form


def require_member(request: StaffRequest) -> None:
    """Raise PermissionDenied unless the person works at a centre."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied


@never_cache
@require_http_methods(["GET", "POST"])
def take(request: StaffRequest) -> HttpResponse:
    """Show the form, store the inquiry, and show its receipt once."""
    require_member(request)
    context: dict[str, Any] = {**admin.site.each_context(request), "title": _("Take down a request by phone")}
    form = form_of(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and form.form_token is not None:
        spoken = request.POST.get("caller_language", "")
        data = form.inquiry_data(spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        with transaction.atomic():
            if form_id := typed.form_id(request.POST, FORM):
                with suppress(drafts.AlreadySent):  # receiving it again stores nothing, and shows the same words
                    drafts.spend(form_id, FORM, by=request.user)
            received = receive.receive(data, form_token=form.form_token.nonce, by=request.user)
        context["received"] = received
        # Not to somebody who finds the page later and loads it again.
        context["words"] = receipts.shown(received.receipt, received.receipt_language) if received.may_show_words else []
    else:
        if form.is_bound:  # refused: kept, too, since the page that shows it again may be closed
            typed.keep(request, {FORM: form})
        typed.prepare(request, {FORM: form}, drafts.without_case(by=request.user))
    return render(request, "admin/intake/inquiry/by_phone.html", {**context, "form": form})
