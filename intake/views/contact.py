"""Asking for help: the form, and the page that shows the receipt once."""

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from danger import signs
from danger.assess import assess
from intake.assessment import priority, proof_of_work, rate_limits, routing
from intake.cases.inquiry_data import InquiryData
from intake.crypto import wordlists
from intake.forms.contact import InquiryForm, typed, wording_for
from intake.mailbox import status_texts
from intake.models import Inquiry
from intake.scheduling import response_times
from intake.submission import form_tokens, receipt_cookie, receive
from intake.views.guards import reconnect, visitor_form

logger = logging.getLogger(__name__)
# Where a form that is drawn once gets what is its own.
TOKEN_PLACE, GUIDE_PLACE, PROOF_PLACE = "TOKEN-OF-THIS-FORM", "GUIDE-OF-THIS-FORM", "PROOF-OF-THIS-FORM"
BLANK_FORM_SECONDS = 60


@visitor_form
def contact(request: HttpRequest) -> HttpResponse:
    """The form. A visitor is told "sent" only after the inquiry is on the disk."""
    if request.method != "POST":
        return _blank_page(request)
    if go := request.POST.get("go", ""):
        return _form_page(request, _asked_anew(request, go))
    form = InquiryForm(request.POST, for_whom=_for_whom(request), step=_step(request))
    if not form.is_valid() or form.form_token is None:
        return _form_page(request, _at_first_mistake(request, form), status=422)
    try:
        passes, forms_of_block = rate_limits.count(rate_limits.CONTACT, request, timezone.now())
        if not passes:
            form.add_error(None, _("Too many requests came from your network. Wait ten minutes and press Send again, or call."))
            return _form_page(request, form, status=429)
        said = form.inquiry_data(_language())
        proven = _is_proven(request, form.form_token.nonce)
        if not (proven or proof_of_work.was_asked(request.POST) or priority.is_danger(said)):
            # The page was opened before the attack began: it is shown again, now with the sum.
            form.add_error(None, _("Machines are sending us very many forms just now. What you wrote is still here: press Send once more."))
            return _form_page(request, form, status=422)
        received = receive.receive(
            said,
            form_token=form.form_token.nonce,
            guide_slug=form.cleaned_data["guide"],
            signs=form.signs(forms_of_block, proven=proven),
        )
    except Exception:
        # Whatever it was: the words stay in the form, and the same form can't be taken twice.
        logger.exception("An inquiry could not be taken")
        if (stored := _stored_all_the_same(form)) is not None:
            return _to_sent_page(stored, form.inquiry_data(_language()), proven=True)
        form.add_error(None, _("We could not take your request just now. Nothing is lost: try Send again, or call instead."))
        return _form_page(request, form, status=503)
    return _to_sent_page(received, said, proven=proven)


def _stored_all_the_same(form: InquiryForm) -> receive.Received | None:
    """Return the inquiry of a form whose taking broke off after it was on the disk: nobody is told "failed" for that."""
    try:
        reconnect()
        return receive.taken_before(form.inquiry_data(_language()), form.form_token.nonce) if form.form_token else None
    except Exception:  # the database is still away: the same form, sent again, finds it
        return None


def _is_proven(request: HttpRequest, nonce: bytes) -> bool:
    """Tell whether the form brings the proof of work; while none is asked for, every form counts as proven."""
    return not proof_of_work.is_asked(timezone.now()) or proof_of_work.is_solved(request.POST.get("altcha", ""), nonce)


def _blank_page(request: HttpRequest) -> HttpResponse:
    """The form before anything was typed: the same for everybody but for its token, so its questions are drawn once a minute."""
    for_whom = wording_for(request.GET.get("for", ""))
    step = 1 if "steps" in request.GET else 0
    desk = _desk()
    proof = PROOF_PLACE if _proof_is_asked() else ""
    # What is typed never gets here: these few answers are all that changes the questions.
    key = f"blank-contact-form:{_language()}:{for_whom}:{step}:{desk['centre'].pk if desk else 0}:{bool(proof)}"
    drawn = cache.get(key)
    if drawn is None:
        initial = {"token": TOKEN_PLACE, "guide": GUIDE_PLACE, "for_whom": for_whom, "step": step}
        form = InquiryForm(initial=initial, for_whom=for_whom, step=step)
        drawn = render_to_string("intake/parts/questions.html", {"form": form, "desk": desk, "proof": proof}, request)
        cache.set(key, drawn, BLANK_FORM_SECONDS)
    guide = escape(request.GET.get("guide", "")[:120])
    token = form_tokens.issue()
    questions = drawn.replace(TOKEN_PLACE, token).replace(GUIDE_PLACE, guide)
    if proof:
        questions = questions.replace(PROOF_PLACE, escape(proof_of_work.challenge(form_tokens.read(token).nonce)))
    context = {"questions": mark_safe(questions), "desk": desk, "keeps_words": True}  # noqa: S308 (the guide is escaped above)
    return render(request, "intake/contact.html", context)


def _asked_anew(request: HttpRequest, go: str) -> InquiryForm:
    """Return the same form with all that was typed: one step on or back, on one page, in other words or another language."""
    step = _step(request)
    if go == "next" and step:
        form = InquiryForm(request.POST, for_whom=_for_whom(request), step=step)
        form.full_clean()
        form.only_errors_of_step()
        if form.errors:
            return form
    step = {"next": step + 1, "back": max(step - 1, 1), "steps": 1, "all": 0}.get(go, step)
    return _with_typed(request, min(step, len(InquiryForm.STEPS)))


def _with_typed(request: HttpRequest, step: int) -> InquiryForm:
    initial = typed(request.POST) | {"step": step}
    return InquiryForm(initial=initial, for_whom=_for_whom(request), step=step)


def _at_first_mistake(request: HttpRequest, form: InquiryForm) -> InquiryForm:
    """Return the form at the step of its first mistake, when the mistake isn't on the page that was sent."""
    wrong = form.first_wrong_step() if form.step_now else 0
    if wrong == form.step_now:
        return form
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["step"] = str(wrong)
    again = InquiryForm(data, for_whom=_for_whom(request), step=wrong)
    again.full_clean()
    return again


def _step(request: HttpRequest) -> int:
    given = request.POST.get("step", "")
    return min(int(given), len(InquiryForm.STEPS)) if given.isdecimal() and len(given) < 3 else 0


def _for_whom(request: HttpRequest) -> str:
    return wording_for(request.POST.get("for_whom", ""))


def _form_page(request: HttpRequest, form: InquiryForm, status: int = 200) -> HttpResponse:
    said = form.data if form.is_bound else form.initial
    context = {
        "form": form,
        "desk": _desk(form.said_so_far(_language())),
        "danger_lines": signs.lines(assess(f"{said.get('message', '')}\n{said.get('other_notes', '')}", _language()).codes),
        "keeps_words": True,
        **_proof(request, str(said.get("token", ""))),
    }
    return render(request, "intake/contact.html", context, status=status)


def _proof(request: HttpRequest, token: str) -> dict[str, str]:
    """Return the sum for a form that is shown again, and the answer that it has already, as the page shows them."""
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


def _desk(said: InquiryData | None = None) -> dict[str, Any] | None:
    """Return who would answer what was said so far, and until when, by the rule that will decide when it is sent.

    None when nobody can take an inquiry or the database is away.
    """
    now = timezone.now()
    said = said or InquiryData(language=_language())
    try:
        route = routing.choose(said, priority.assess(said)[0], now)
    except (routing.NobodyToAnswer, DatabaseError, InterfaceError, ImproperlyConfigured):
        return None
    centre = route.centre
    starts = max(now, centre.paused_until or now)
    return {
        "centre": centre,
        "answer_by": response_times.there(centre, route.answer_by),
        "is_open": starts == now and response_times.is_open(centre, now),
        "opens_at": response_times.there(centre, response_times.opens_at(centre, starts)),
        "hours": response_times.hours_in_words(centre),
        "recovery_key": bool(settings.RECOVERY_PUBLIC_KEY),
    }


def _to_sent_page(received: receive.Received, said: InquiryData, *, proven: bool) -> HttpResponse:
    inquiry = received.inquiry
    there = response_times.there(inquiry.centre, inquiry.answer_by)
    # Without a place of its own the address would keep the form's "#errors".
    response = HttpResponseRedirect(f"{reverse('intake:contact_sent')}#main", status=303)
    receipt_cookie.put(
        response,
        receipt_cookie.Sent(
            words=list(received.receipt),
            language=received.receipt_language,
            reference=inquiry.reference,
            received_at=inquiry.received_at.isoformat(),
            answer_by=there.isoformat() if there else "",
            centre=inquiry.centre.name,
            lines=priority.codes_for_receipt(said, inquiry.priority_reasons),
            called=status_texts.when_called(inquiry, since=inquiry.received_at),
            looked_at_first=not proven and inquiry.outcome == Inquiry.Outcome.SPAM,
        ),
    )
    return response


@visitor_form
def contact_sent(request: HttpRequest) -> HttpResponse:
    """The receipt, shown once; then a check that one of its words was written down."""
    sent = receipt_cookie.unpack(request.POST.get("sent", "") or request.COOKIES.get(receipt_cookie.NAME, ""))
    context: dict[str, Any] = {"sent": sent}
    if sent is not None:
        context |= _check(request, sent) | {
            "packed": receipt_cookie.pack(sent),
            "answer_by": dt.datetime.fromisoformat(sent.answer_by) if sent.answer_by else None,
            "received_at": dt.datetime.fromisoformat(sent.received_at),
            "danger_lines": signs.lines(sent.lines),
        }
    response = render(request, "intake/contact_sent.html", context)
    receipt_cookie.take(request, response)
    return response


def _check(request: HttpRequest, sent: receipt_cookie.Sent) -> dict[str, Any]:
    """Compare the word that was asked back; nothing is stored of it."""
    asked = len(sent.words) // 2 + 1
    if request.method != "POST":
        return {"asked": asked, "checked": None}
    right = wordlists.nearest(request.POST.get("word", ""), sent.language) == (sent.words[asked - 1],)
    return {"asked": asked, "checked": right}


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
