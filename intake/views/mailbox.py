"""Coming back with a receipt: reading the answer, writing more."""

import functools
import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from intake import form_tokens, mailbox, receipts, visitor_wording
from intake.forms import MessageForm, ReceiptForm
from intake.mailbox import Mailbox
from intake.views.guards import visitor_form

COOKIE = "mailbox"


@visitor_form
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the words of the receipt and open the mailbox they belong to."""
    if request.method != "POST":
        return render(request, "intake/mailbox.html", {"form": ReceiptForm()})
    form = ReceiptForm(request.POST)
    token = None
    status = 422
    if form.is_valid():
        try:
            token = mailbox.open_with(form.cleaned_data["words"])
            if token is None:
                form.add_error("words", _("These words open no mailbox. Compare each one with your note, then try again."))
        except receipts.UnreadableReceipt as unreadable:
            form.add_error("words", visitor_wording.unreadable_receipt(unreadable))
        except DatabaseError:
            status = 503
            form.add_error(None, _("The mailbox can't be opened just now. Please try again in a minute."))
    if token is None:
        return render(request, "intake/mailbox.html", {"form": form}, status=status)
    response = HttpResponseRedirect(reverse("intake:mailbox_open"), status=303)
    # No age: the browser forgets it when it closes. The path is the whole site, for the mailbox has one address a language.
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.HTTPS)
    return response


def with_mailbox(view: Callable[[HttpRequest, Mailbox], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give `view` the open mailbox; send the visitor to the words when it is closed, without losing what they posted."""

    @visitor_form
    @functools.wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        box = mailbox.read(request.COOKIES.get(COOKIE, ""))
        if box is None:
            if request.method == "POST":
                return render(request, "intake/mailbox_closed.html", {"text": request.POST.get("text", "")}, status=403)
            return redirect("intake:mailbox")
        if request.method == "POST" and not hmac.compare_digest(request.POST.get("mailbox", ""), box.form_secret):
            return render(request, "intake/not_from_here.html", status=403)
        return view(request, box)

    return opened


@with_mailbox
def opened(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """The open mailbox: where the request stands, the messages of both sides, and a form to write more."""
    if request.method != "POST":
        return _page(request, box, MessageForm())
    if "close" in request.POST:
        mailbox.close(request.COOKIES.get(COOKIE, ""))
        response = redirect("intake:mailbox")
        response.delete_cookie(COOKIE, samesite="Strict")
        return response
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, box, form, status=422)
    try:
        nonce = form_tokens.read(request.POST.get("token", "")).nonce
        mailbox.write(box, form.cleaned_data["text"], form_token=nonce)
    except form_tokens.BadFormToken:
        form.add_error(None, _("This page was out of date. What you wrote is still here: please press Send again."))
        return _page(request, box, form, status=422)
    except DatabaseError:
        form.add_error(None, _("We could not take your message just now. It is still here: please press Send again."))
        return _page(request, box, form, status=503)
    return HttpResponseRedirect(reverse("intake:mailbox_open"), status=303)


def _page(request: HttpRequest, box: Mailbox, form: MessageForm, status: int = 200) -> HttpResponse:
    context = {
        "inquiry": box.inquiry,
        "status": visitor_wording.status_for_visitor(box.inquiry),
        "first": mailbox.first_words(box),
        "letters": mailbox.letters(box),
        "form": form,
        "form_secret": box.form_secret,
        "token": form_tokens.issue(),
    }
    return render(request, "intake/mailbox_open.html", context, status=status)
