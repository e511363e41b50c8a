"""Recording an inquiry for a caller: the contact form without the fields for browsers, and a receipt to read out."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from intake.admin.requests import StaffRequest
from intake.cases import permissions
from intake.crypto import receipts
from intake.forms import InquiryForm
from intake.submission import form_tokens, receive

# Fields of the contact form that make no sense on the phone.
OMITTED = ("website", "guide", "email_asked")


@never_cache
@require_http_methods(["GET", "POST"])
def take(request: StaffRequest) -> HttpResponse:
    """Show the form, store the inquiry, and show its receipt once."""
    if not permissions.centre_roles(request.user):
        raise PermissionDenied
    context: dict[str, Any] = {**admin.site.each_context(request), "title": _("Take down a request by phone")}
    form = InquiryForm(request.POST) if request.method == "POST" else InquiryForm(initial={"token": form_tokens.issue()})
    for name in OMITTED:
        del form.fields[name]
    if form.is_bound and form.is_valid() and form.form_token is not None:
        spoken = request.POST.get("caller_language", "")
        data = form.inquiry_data(spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        received = receive.receive(data, form_token=form.form_token.nonce, by=request.user)
        context["received"] = received
        # Not to somebody who finds the page later and loads it again.
        context["words"] = receipts.shown(received.receipt, received.receipt_language) if received.may_show_words else []
    return render(request, "admin/intake/inquiry/by_phone.html", {**context, "form": form})
