"""The contact form, the page after sending that shows the receipt, and the way out of both."""

import datetime as dt
import logging
import zlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.views import site_pages
from danger import signs
from danger.assess import assess
from intake.assessment import priority, proof_of_work, rate_limits, routing
from intake.cases.inquiry_data import InquiryData
from intake.crypto import wordlists
from intake.forms import CallBackForm, InquiryForm, questions
from intake.forms.centre_choices import centre_choices
from intake.forms.contact import typed, wording_for
from intake.mailbox import accounting, status_texts
from intake.models import Centre
from intake.notifications import recipients
from intake.scheduling import response_times
from intake.scheduling.opening_hours import CentreHours
from intake.submission import drafts, form_tokens, receipt_cookie, receive
from intake.views import receipt_guides
from intake.views.guards import reconnect, visitor_form
from recovery_site import languages, phones
from recovery_site.pages.public_pages import public_page, without_secrets

logger = logging.getLogger(__name__)
# Placeholders in the cached form.
TOKEN_PLACEHOLDER, GUIDE_PLACEHOLDER, PROOF_PLACEHOLDER = "TOKEN-OF-THIS-FORM", "GUIDE-OF-THIS-FORM", "PROOF-OF-THIS-FORM"
KEY_PLACEHOLDER = "KEY-OF-THIS-FORM"
DESK_PLACEHOLDER = "WHO-ANSWERS-AND-WHEN"
BLANK_FORM_SECONDS = 60
REACHED_SECONDS = 15


@public_page(cache=False, sitemap=True)
@visitor_form
def contact(request: HttpRequest) -> HttpResponse:
    """Show the contact form or store an inquiry. Redirects to the page after sending only after the commit."""
    if request.method != "POST":
        return _blank_page(request)
    if "go" in request.POST:  # the same page in another language or wording, or all questions on one page
        return form_page(request, _with_typed(request, request.POST))
    if "call" in request.POST:
        form: InquiryForm = CallBackForm(request.POST)
    else:
        form = InquiryForm(request.POST, for_whom=wording_for(request.POST.get("for_whom", "")))
    if not form.is_valid() or form.form_token is None:
        return form_page(request, form, status=422)
    try:
        if form.form_token.is_expired and not receive.was_taken(form.form_token.nonce):
            form.renew_token()
            return form_page(request, form, status=422)
        attempt = rate_limits.check(rate_limits.CONTACT, request, timezone.now())
        data = form.inquiry_data(languages.current())
        signs_of_form = form.signs(attempt, proven=_is_proven(request, form.form_token.nonce))
        received = receive.receive(data, form_token=form.form_token.nonce, guide_slug=form.cleaned_data["guide"], signs=signs_of_form)
    except rate_limits.TooManyTries:
        text = _("Too many requests came from your network. Wait ten minutes and press Send again.")
        form.add_error(None, f"{text} {status_texts.or_call()}".strip())
        return form_page(request, form, status=429)
    except Exception:
        # Whatever the error: the text stays in the form, and sending the form again can't store it twice.
        logger.exception("An inquiry could not be stored")
        if (stored := _stored_despite_error(form)) is not None:
            return _after_storing(request, form, stored, form.inquiry_data(languages.current()))
        form.add_error(None, _("We could not take your request just now. Nothing is lost: try Send again, or call instead."))
        return form_page(request, form, status=503)
    return _after_storing(request, form, received, data)


def _after_storing(request: HttpRequest, form: InquiryForm, received: receive.Received, data: InquiryData) -> HttpResponse:
    """Redirect to the page after sending, or ask once more whether a person sent the form."""
    if not received.inquiry.is_held or form.form_token is None:
        return _to_sent_page(received, data)
    context = {
        "kept": form.kept(),
        # Solved by the browser before it sends the form again. It slows programs that drive a browser, and decides nothing: people
        # without scripts press Send again, too.
        "proof": proof_of_work.challenge(form.form_token.nonce),
        "desk": answering_desk(data),
        "keeps_words": True,
        "is_contact": True,
        "form_key": receipt_cookie.form_key(request),
    }
    return render(request, "intake/contact_again.html", context, status=422)


def _stored_despite_error(form: InquiryForm) -> receive.Received | None:
    """Return the inquiry if it was committed before the error, so that the visitor isn't told that it failed."""
    try:
        reconnect()
        if form.form_token is None:
            return None
        return receive.taken_before(form.inquiry_data(languages.current()), form.form_token.nonce, sent_again=form.sent_again)
    except Exception:  # the database is still unavailable; sending the form again will find the inquiry
        return None


def _is_proven(request: HttpRequest, nonce: bytes) -> bool:
    """Return whether the form has a valid proof of work, or none is required."""
    return not proof_of_work.is_asked(timezone.now()) or proof_of_work.is_solved(request.POST.get("altcha", ""), nonce)


def _blank_page(request: HttpRequest) -> HttpResponse:
    """Return the empty form. Apart from the placeholders it is the same for everybody, so it is cached for a minute."""
    for_whom = wording_for(request.GET.get("for", ""))
    answers = answering_desk()
    proof = PROOF_PLACEHOLDER if _proof_is_asked() else ""
    # Nothing typed by a visitor is part of the key or the cached text. A centre that can't answer any more is offered no longer.
    offered = zlib.crc32(" ".join(str(slug) for slug, _name in centre_choices()).encode())
    key = f"blank-contact-form:{languages.current()}:{for_whom}:{answers['centre'].pk if answers else 0}:{offered}:{bool(proof)}"
    rendered = cache.get(key)
    if rendered is None:
        initial = {"token": TOKEN_PLACEHOLDER, "guide": GUIDE_PLACEHOLDER, "for_whom": for_whom}
        form = InquiryForm(initial=initial, for_whom=for_whom)
        context: dict[str, Any] = {
            "form": form,
            "call_form": CallBackForm(initial=initial),
            "desk": answers,
            "desk_placeholder": DESK_PLACEHOLDER,
            "proof": proof,
            "form_key": KEY_PLACEHOLDER,
        }
        rendered = render_to_string("intake/parts/questions.html", context, request)
        cache.set(key, rendered, BLANK_FORM_SECONDS)
    token = form_tokens.issue()
    text = rendered.replace(TOKEN_PLACEHOLDER, token).replace(KEY_PLACEHOLDER, receipt_cookie.form_key(request))
    text = text.replace(DESK_PLACEHOLDER, render_to_string("intake/parts/desk-or-nobody.html", {"desk": answers}, request))
    if proof:
        text = text.replace(PROOF_PLACEHOLDER, escape(proof_of_work.challenge(form_tokens.read(token).nonce)))
    # Last, so that nothing is looked for in what came with the address.
    text = text.replace(GUIDE_PLACEHOLDER, escape(request.GET.get("guide", "")[:120]))
    context = {
        "questions": mark_safe(text),  # noqa: S308 (the guide is escaped above)
        "desk": answers,
        "keeps_words": True,
        "is_contact": True,
        "just_sent": receipt_cookie.read(request) is not None,
    }
    # The token is new in each answer, and with it the challenge of the proof of work; nothing that anybody typed is in it.
    return without_secrets(render(request, "intake/contact.html", context))


def _with_typed(request: HttpRequest, data: QueryDict) -> InquiryForm:
    """Return the form with everything typed so far, also on the pages with one question at a time, without errors."""
    if "call" in data:
        return CallBackForm(initial=typed(data))
    if "question" in data and (draft := drafts.read(request)):
        draft.take(data, questions.fields_of(str(data["question"])))
        data = draft.data
    return InquiryForm(initial=typed(data), for_whom=wording_for(data.get("for_whom", "")))


def form_page(request: HttpRequest, form: InquiryForm, status: int = 200) -> HttpResponse:
    """Show `form` with what was typed, and with whom to call if that speaks of danger."""
    values = form.data if form.is_bound else form.initial
    context = {
        "form": form,
        "desk": answering_desk(form.answers_so_far(languages.current())),
        "danger_lines": danger_lines(values),
        "keeps_words": True,
        "is_contact": True,
        "form_key": receipt_cookie.form_key(request),
        **_proof(request, str(values.get("token", ""))),
    }
    return render(request, "intake/contact.html", context, status=status)


def danger_lines(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return whom to call and what to do, for the signs of danger in what was typed."""
    text = "\n".join(str(values.get(name, "")) for name in ("message", "other_notes", "phone"))
    return signs.lines(assess(text, languages.current()).codes)


def _proof(request: HttpRequest, token: str) -> dict[str, str]:
    """Return the context of the proof of work for a form that is shown again: a challenge, and the solution if it has one."""
    if not _proof_is_asked():
        return {}
    try:
        nonce = form_tokens.read(token).nonce
    except form_tokens.BadFormToken:
        return {}
    answer = request.POST.get("altcha", "")
    return {"proof": proof_of_work.challenge(nonce), "proof_answer": answer if proof_of_work.is_solved(answer, nonce) else ""}


def _proof_is_asked() -> bool:
    try:
        return proof_of_work.is_asked(timezone.now())
    except (DatabaseError, InterfaceError):
        return False


def answering_desk(data: InquiryData | None = None) -> dict[str, Any] | None:
    """Return the centre that would answer, its deadline and opening hours, routed by the same rules as when it is sent.

    None if no centre can accept inquiries or the database is unavailable.
    """
    now = timezone.now()
    data = data or InquiryData(language=languages.current())
    try:
        route = routing.choose(data, priority.assess(data)[0], now)
    except (routing.NobodyToAnswer, DatabaseError, InterfaceError, ImproperlyConfigured):
        return None
    centre = route.centre
    starts = max(now, centre.paused_until or now)
    hours = CentreHours(centre)
    return {
        "centre": centre,
        "reaches_nobody": _reaches_nobody(centre),
        "tel": phones.tel_link(centre.phone),
        "answer_by": response_times.at_centre(centre, route.answer_by),
        "is_open": starts == now and hours.is_open(now),
        "opens_at": response_times.at_centre(centre, hours.opens_at(starts)),
        "hours": [day for day in hours.days_ahead(now) if day.hours],
        "closed_for": hours.special_day(now),
        "recovery_key": bool(settings.RECOVERY_PUBLIC_KEY),
    }


def _reaches_nobody(centre: Centre) -> bool:
    """Return whether nobody at all could be told of danger at `centre` now; kept for REACHED_SECONDS. False if the database can't say."""
    key = f"reaches-nobody:{centre.pk}"
    known: bool | None = cache.get(key)
    if known is None:
        try:
            known = not recipients.reaches_somebody(centre, timezone.now())
        except (DatabaseError, InterfaceError):
            return False
        cache.set(key, known, REACHED_SECONDS)
    return known


def _to_sent_page(received: receive.Received, data: InquiryData) -> HttpResponse:
    if not received.may_show_words:
        # Whoever sends an old form again is told where to go on, and nothing else.
        return known_already()
    inquiry = received.inquiry
    local_deadline = status_texts.promised_by(inquiry)
    # Without a place of its own the address would keep the form's "#errors".
    response = HttpResponseRedirect(f"{reverse('intake:contact_sent')}#main", status=303)
    receipt_cookie.set_cookie(
        response,
        receipt_cookie.Sent(
            words=list(received.receipt),
            language=received.receipt_language,
            reference=inquiry.reference,
            received_at=inquiry.received_at.isoformat(),
            answer_by=local_deadline.isoformat() if local_deadline else "",
            centre=inquiry.centre.name,
            lines=priority.codes_for_receipt(data, inquiry.priority_reasons),
            topics=data.substances,
            called=status_texts.when_called(inquiry, since=inquiry.received_at),
            page_language=languages.current(),
            reaches_nobody=_reaches_nobody(inquiry.centre),
            proof=accounting.proof(inquiry.centre),
        ),
        received.words_since,
    )
    return response


def known_already() -> HttpResponse:
    """Redirect to the entrance of the mailbox, which says that the request is here already and is opened with its words."""
    response = HttpResponseRedirect(f"{reverse('intake:mailbox')}?sent#main", status=303)
    receipt_cookie.delete_cookie(response)
    receipt_cookie.mark_done(response)
    return response


@visitor_form
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Show the receipt until the visitor has typed back one of its words, or its time is over. Nothing typed is stored."""
    sent = receipt_cookie.read(request)
    context: dict[str, Any] = {"sent": sent, "is_contact": True}
    if sent is not None:
        context |= _check(request, sent) | {
            "called": _called(sent),
            "answer_by": dt.datetime.fromisoformat(sent.answer_by) if sent.answer_by else None,
            "received_at": dt.datetime.fromisoformat(sent.received_at),
            "danger_lines": signs.lines(sent.lines),
            "afterwards": receipt_guides.afterwards(sent.lines),
            "guide": receipt_guides.about_substances(sent.topics),
        }
    response = render(request, "intake/contact_sent.html", context)
    if sent is not None and context["checked"]:
        receive.words_are_written_down(tuple(sent.words))
        receipt_cookie.delete_cookie(response)
    if sent is not None:
        erase_draft(request, response)
    return response


def erase_draft(request: HttpRequest, response: HttpResponseBase) -> None:
    """Erase what was kept for the pages with one question at a time: it was sent, or its writer left."""
    try:
        drafts.forget(request, response)
    except (DatabaseError, InterfaceError):
        logger.warning("A draft could not be erased at once: it ends by itself")


@require_safe
@never_cache
def leave(request: HttpRequest) -> HttpResponseBase:
    """The way out of the form and its receipt: as from every page, and what was typed doesn't come back by the Back button."""
    response = site_pages.leave(request)
    if "Clear-Site-Data" in response.headers:
        # The browser would also clear the mark, and then put back what was typed.
        response.headers["Clear-Site-Data"] = '"storage"'
        receipt_cookie.delete_cookie(response)
        erase_draft(request, response)
        receipt_cookie.mark_done(response)
    return response


def _called(sent: receipt_cookie.Sent) -> str:
    """Return the sentence on when the person is called, in the language of this page."""
    if not sent.called or sent.page_language == languages.current():
        return sent.called
    try:
        inquiry = receive.of_words(tuple(sent.words))
        return status_texts.when_called(inquiry, since=inquiry.received_at) if inquiry else ""
    except (DatabaseError, InterfaceError):
        return ""


def _check(request: HttpRequest, sent: receipt_cookie.Sent) -> dict[str, Any]:
    """Return the number of the word to ask for, and whether the posted word is right. Nothing is stored."""
    asked = len(sent.words) // 2 + 1
    if request.method != "POST":
        return {"asked": asked, "checked": None}
    return {"asked": asked, "checked": wordlists.is_same(request.POST.get("word", ""), sent.words[asked - 1])}
