"""The mailbox: opening it with a receipt, reading answers, writing messages."""

import functools
import hmac
import itertools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from danger import signs
from danger.assess import assess
from intake.assessment import rate_limits
from intake.crypto import receipts
from intake.forms import MessageForm, ReceiptForm
from intake.mailbox import accounting, sessions, status_texts
from intake.mailbox.sessions import Mailbox
from intake.models import Centre
from intake.submission import form_tokens
from intake.views.guards import reconnect, visitor_form
from recovery_site import phones
from recovery_site.pages.public_pages import public_page

logger = logging.getLogger(__name__)
COOKIE = "mailbox"
# What a page that was sent too late doesn't carry to the mailbox opened again: what belongs to the old one, and its buttons.
NOT_KEPT = ("mailbox", "token", "words", "page", "go", "open", "unsafe", "tell_no_more", "close")
# View by its name, of the pages that show what was typed when the mailbox is opened again.
RESUMABLE: dict[str, "MailboxView"] = {}


@public_page(cache=False, listed=False, crawl=False)
@visitor_form
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the words of a receipt and open its mailbox."""
    if request.method != "POST":
        return render(request, "intake/mailbox.html", {"form": ReceiptForm(), "known": "sent" in request.GET, "phones": _phones()})
    form = ReceiptForm(request.POST)
    token, status = _opened_by(request, form)
    if token is None:
        if request.POST.get("page"):
            return _closed_page(request, form, status)
        return render(request, "intake/mailbox.html", {"form": form, "phones": _phones()}, status=status)
    response = _resumed(request, token)
    # A session cookie. Its path is the whole site, because the mailbox has a different URL in each language.
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=settings.HTTPS)
    return response


def _phones() -> list[dict[str, str]]:
    """Return name, number and link of the centres that can be called, for those who lost their words. One query."""
    try:
        rows = Centre.objects.exclude(phone="").values_list("name", "phone")
        return [{"centre": name, "number": phone, "href": phones.tel_link(phone)} for name, phone in rows]
    except (DatabaseError, InterfaceError):
        return []


def _opened_by(request: HttpRequest, form: ReceiptForm) -> tuple[str | None, int]:
    """Return (token, status): the token of the opened mailbox, or None with an error in `form` and the HTTP status for it."""
    if not form.is_valid():
        return None, 422
    words = form.cleaned_data["words"]
    try:
        token = sessions.open_with(words)
        if token is None:
            # Only this counts. Right words open the mailbox whoever shares the address, and what can't be a receipt is no guess.
            rate_limits.count(rate_limits.MAILBOX, request, timezone.now())
            form.add_error("words", status_texts.no_such_receipt(words))
        return token, 422
    except rate_limits.TooManyTries:
        text = _("Many words that open nothing came from your network. The right words still open your mailbox at any time.")
        form.add_error(None, f"{text} {status_texts.or_call()}".strip())
        return None, 429
    except receipts.UnreadableReceipt as unreadable:
        form.add_error("words", status_texts.unreadable_receipt(unreadable))
        return None, 422
    except Exception:
        logger.exception("A mailbox could not be opened")
        form.add_error(None, _("The mailbox can't be opened just now. Please try again in a minute."))
        return None, 503


def _closed_page(request: HttpRequest, form: ReceiptForm, status: int) -> HttpResponse:
    """Ask for the words again after the mailbox has closed, and carry what was typed on the page that was sent."""
    text = request.POST.get("text", "")
    typed = [(name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values]
    form.helper.form_tag = False
    context = {
        "form": form,
        "kept": typed,
        "text": text,
        "danger_lines": signs.lines(assess("\n".join(value for _name, value in typed)).codes),
    }
    return render(request, "intake/mailbox_closed.html", context, status=status)


def _resumed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the page on which the mailbox had closed, with what was typed; else redirect to the mailbox."""
    view = RESUMABLE.get(request.POST.get("page", ""))
    with sessions.brought(token):
        box = sessions.read(token) if view else None
        if view is None or box is None or box.must_renew:
            return HttpResponseRedirect(reverse("intake:mailbox_open"), status=303)
        return view(request, box)


MailboxView = Callable[[HttpRequest, Mailbox], HttpResponse]


def with_mailbox(view: MailboxView, *, renewing: bool = False, resumed: bool = False) -> Callable[..., HttpResponse]:
    """Decorate a view that needs an open mailbox, which is passed to it.

    If the mailbox is closed, redirect to the page that asks for the receipt; what was posted is carried along, so that it isn't lost.
    A view that is `resumed` then gets it again, with "go" in the POST: it shows what was typed, and does nothing that needs to be asked.
    A receipt that staff read out must be replaced first; until then only the page for that (`renewing`) is available.
    """

    if resumed:
        RESUMABLE[view.__name__] = view

    @visitor_form
    @functools.wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        token = request.COOKIES.get(COOKIE, "")
        with sessions.brought(token):
            return answered(request, sessions.read(token))

    def answered(request: HttpRequest, box: Mailbox | None) -> HttpResponse:
        if box is None:
            if request.method == "POST":
                form = ReceiptForm(initial={"page": view.__name__})
                return _closed_page(request, form, status=403)
            return redirect("intake:mailbox")
        if request.method == "POST" and not hmac.compare_digest(request.POST.get("mailbox", "").encode(), box.form_secret.encode()):
            return render(request, "intake/not_from_here.html", status=403)
        if box.must_renew and not renewing:
            return redirect("intake:mailbox_renew")
        return view(request, box)

    return opened


def _opened(request: HttpRequest, box: Mailbox) -> HttpResponse:
    """Show the open mailbox with the status, all messages and a form, or store a message."""
    if request.method != "POST":
        return page(request, box, MessageForm())
    if "close" in request.POST:
        return closed(request)
    if "go" in request.POST:  # the same page in another language, with what was typed
        return page(request, box, MessageForm(initial={"text": request.POST.get("text", "")}))
    form = MessageForm(request.POST)
    if not form.is_valid():
        return page(request, box, form, status=422)
    try:
        nonce = _nonce(request)
        attempt = rate_limits.check(rate_limits.MESSAGES, request, timezone.now())
        sessions.write(box, form.cleaned_data["text"], form_token=nonce, attempt=attempt)
    except rate_limits.TooManyTries:
        text = _("Too many messages came from your network. Wait ten minutes and press Send again.")
        form.add_error(None, f"{text} {status_texts.or_call()}".strip())
        return page(request, box, form, status=429)
    except form_tokens.BadFormToken:
        form.add_error(None, _("This page was out of date. What you wrote is still here: please press Send again."))
        return page(request, box, form, status=422)
    except Exception:
        # Whatever the error: the text stays in the form, and sending the form again can't store it twice.
        logger.exception("A message could not be stored")
        if _stored_despite_error(request, box, form):
            return _to_open_mailbox()
        form.add_error(None, _("We could not take your message just now. It is still here: please press Send again."))
        return page(request, box, form, status=503)
    return _to_open_mailbox()


def _to_open_mailbox() -> HttpResponse:
    # Without a place of its own the address would keep the form's "#errors".
    return HttpResponseRedirect(f"{reverse('intake:mailbox_open')}#main", status=303)


def _nonce(request: HttpRequest) -> bytes:
    """Return the nonce of the form. Raises BadFormToken, also for a form that is too old."""
    token = form_tokens.read(request.POST.get("token", ""))
    if token.is_expired:
        raise form_tokens.BadFormToken
    return token.nonce


opened = with_mailbox(_opened, resumed=True)


def _stored_despite_error(request: HttpRequest, box: Mailbox, form: MessageForm) -> bool:
    """Return whether the message was committed before the error, so that the visitor isn't told that it failed."""
    try:
        reconnect()
        nonce = _nonce(request)
        return sessions.is_written(box, form.cleaned_data["text"], form_token=nonce)
    except Exception:  # the database is still unavailable; sending the form again adds nothing twice
        return False


def closed(request: HttpRequest) -> HttpResponse:
    """Close the mailbox in this browser and redirect to the page that asks for the receipt."""
    try:
        sessions.close(request.COOKIES.get(COOKIE, ""))
    except (DatabaseError, InterfaceError):
        logger.warning("A mailbox could not be closed at once: it ends by itself, and without its cookie nothing opens it")
    response = redirect(reverse("intake:mailbox", query={"closed": 1}))
    response.delete_cookie(COOKIE, samesite="Strict")
    return response


def _typed(form: MessageForm) -> str:
    return str((form.data if form.is_bound else form.initial).get("text", ""))


def page(request: HttpRequest, box: Mailbox, form: MessageForm, status: int = 200) -> HttpResponse:
    """Render the mailbox with `form`."""
    letters = sessions.letters(box)
    first = sessions.first_words(box)
    unanswered = [letter.text for letter in itertools.takewhile(lambda letter: letter.from_visitor, reversed(letters))]
    if len(unanswered) == len(letters) and (box.inquiry.is_in_danger or box.inquiry.first_response_at is None):
        unanswered.append(first.get("message", ""))
    unreached = status_texts.reaches_nobody(box.inquiry)
    context: dict[str, Any] = {
        "inquiry": box.inquiry,
        "status": status_texts.status_for_visitor(box.inquiry, unreached=unreached),
        "first": first,
        "letters": letters,
        "danger_lines": signs.lines(assess("\n".join([*unanswered, _typed(form)])).codes),
        "reaches_nobody": unreached,
        "saved": status_texts.saved(box.inquiry, first, request.GET.get("saved", "")),
        "reached": status_texts.reached(box.inquiry, first),
        "steps": accounting.steps(box),
        "asks_for_consent": accounting.open_questions(box).exists(),
        "form": form,
        "box": box,
        "form_secret": box.form_secret,
        # Once a message is sent, Back restores it no more (intake.submission.receipt_cookie).
        "form_key": f"{len(letters)}-letters",
        "keeps_words": True,
        # After an error the form keeps its token, so that a message that is sent again is recognised.
        "token": form.data.get("token") if status == 503 else form_tokens.issue(),
    }
    return render(request, "intake/mailbox_open.html", context, status=status)
