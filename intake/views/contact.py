"""Asking for help: the form, and the page that shows the receipt once."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intake import form_tokens, promises, routing, sent_cookie, submission, wordlists
from intake.forms import InquiryForm
from intake.models import Inquiry
from intake.views.guards import visitor_form


@visitor_form
def contact(request: HttpRequest) -> HttpResponse:
    """The form. A visitor is told "sent" only after the inquiry is on the disk."""
    if request.method != "POST":
        form = InquiryForm(initial={"token": form_tokens.issue(), "guide": request.GET.get("guide", "")[:120]})
        return _form_page(request, form)
    form = InquiryForm(request.POST)
    if not form.is_valid() or form.form_token is None:
        return _form_page(request, form, status=422)
    try:
        received = submission.receive(
            form.inquiry_data(_language()), form_token=form.form_token.nonce, guide_slug=form.cleaned_data["guide"]
        )
    except (routing.NobodyToAnswer, DatabaseError):
        form.add_error(None, _("We could not take your request just now. Nothing is lost: try Send again, or call instead."))
        return _form_page(request, form, status=503)
    return _to_sent_page(received)


def _form_page(request: HttpRequest, form: InquiryForm, status: int = 200) -> HttpResponse:
    return render(request, "intake/contact.html", {"form": form, "desk": _desk()}, status=status)


def _desk() -> dict[str, Any] | None:
    """Return who would answer now, and until when; None when nobody can take an inquiry or the database is away."""
    now = timezone.now()
    try:
        route = routing.choose(Inquiry.Priority.NORMAL, now)
    except (routing.NobodyToAnswer, DatabaseError):
        return None
    return {
        "centre": route.centre,
        "answer_by": promises.there(route.centre, route.answer_by),
        "is_open": promises.is_open(route.centre, now),
    }


def _to_sent_page(received: submission.Received) -> HttpResponse:
    inquiry = received.inquiry
    there = promises.there(inquiry.centre, inquiry.answer_by)
    response = HttpResponseRedirect(reverse("intake:contact_sent"), status=303)
    sent_cookie.put(
        response,
        sent_cookie.Sent(
            words=list(received.receipt),
            language=received.receipt_language,
            reference=inquiry.reference,
            received_at=inquiry.received_at.isoformat(),
            answer_by=there.isoformat() if there else "",
            centre=inquiry.centre.name,
            danger=inquiry.priority == Inquiry.Priority.DANGER,
        ),
    )
    return response


@visitor_form
def contact_sent(request: HttpRequest) -> HttpResponse:
    """The receipt, shown once; then a check that one of its words was written down."""
    sent = sent_cookie.unpack(request.POST.get("sent", "") or request.COOKIES.get(sent_cookie.NAME, ""))
    context: dict[str, Any] = {"sent": sent}
    if sent is not None:
        context |= _check(request, sent) | {
            "packed": sent_cookie.pack(sent),
            "answer_by": datetime.fromisoformat(sent.answer_by) if sent.answer_by else None,
        }
    response = render(request, "intake/contact_sent.html", context)
    sent_cookie.take(request, response)
    return response


def _check(request: HttpRequest, sent: sent_cookie.Sent) -> dict[str, Any]:
    """Compare the word that was asked back; nothing is stored of it."""
    asked = len(sent.words) // 2 + 1
    if request.method != "POST":
        return {"asked": asked, "checked": None}
    right = wordlists.nearest(request.POST.get("word", ""), sent.language) == (sent.words[asked - 1],)
    return {"asked": asked, "checked": right}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
