"""The contact form with one question a page: each answer is stored and redirected from, so that Back and Reload work everywhere.

Nothing is sent here. The last page shows all answers, and its form goes to the same view as the form on one page.
"""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from intake.assessment import rate_limits
from intake.forms import InquiryForm, questions
from intake.forms.contact import typed, wording_for
from intake.submission import drafts, form_tokens, receipt_cookie
from intake.submission.drafts import Draft
from intake.views import contact
from intake.views.guards import visitor_form
from recovery_site import languages
from recovery_site.pages.public_pages import public_page

logger = logging.getLogger(__name__)
ANSWERS = tuple(name for name in InquiryForm.base_fields if name != "website")


@public_page(cache=False, listed=False, crawl=False)
@visitor_form
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the first question, and take along what was typed in the form on one page."""
    if request.method != "POST":
        return redirect("intake:contact_question", questions.WHO.slug)
    draft = Draft()
    draft.take(request.POST, ANSWERS)
    # Radio buttons, boxes and fields that were left alone are questions still to be asked.
    draft.seen = [each.slug for each in questions.in_order(draft.data) if any(draft.data.get(name) for name in each.fields)]
    return _stored(request, draft, questions.after(questions.MORE[0], draft.data, draft.seen))


@public_page(cache=False, listed=False, crawl=False)
@visitor_form
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask one question, or store its answer and go on."""
    draft = drafts.read(request)
    if request.method == "POST":
        return _answered(request, draft, slug)
    if draft is None and slug != questions.WHO.slug:
        return redirect("intake:contact_question", questions.WHO.slug)
    draft = draft or Draft()
    asked = questions.by_slug(slug, draft.data)
    if asked is None and not questions.fields_of(slug):
        raise Http404
    if asked is None:
        # The way of contact was changed, and this question with it.
        return _to(questions.after(questions.WAY, draft.data, draft.seen))
    form = _form(draft, asked)
    if draft.wrong != slug:
        form = InquiryForm(initial=typed(draft.data), for_whom=form.wording, only=asked.fields)
    order = questions.in_order(draft.data)
    context = {
        "form": form,
        "title": questions.title(asked, form),
        "title_is_label": asked.title is None,
        "number": order.index(asked) + 1 if asked in order else 0,
        # How many there are depends on the way of contact.
        "of": len(order) if draft.data.get("contact_way") else 0,
        "first": asked == order[0],
        "late": draft.late,
        "danger_lines": contact.danger_lines(draft.data),
        "keeps_words": True,
        "is_contact": True,
        "form_key": receipt_cookie.form_key(request),
    }
    return render(request, "intake/contact_question.html", context)


def _answered(request: HttpRequest, draft: Draft | None, slug: str) -> HttpResponse:
    # Half an hour went by: the earlier answers are erased, and a new draft begins with this one.
    is_late = draft is None and slug != questions.WHO.slug
    draft = draft or Draft()
    asked, fields = questions.by_slug(slug, draft.data), questions.fields_of(slug)
    if not fields:
        raise Http404
    draft.take(request.POST, fields)
    draft.wrong, draft.late = "", is_late
    go = request.POST.get("go", "")
    if go == "language" and asked:
        return _stored(request, draft, asked)
    if go == "back":
        return _stored(request, draft, (asked and questions.before(asked, draft.data)) or questions.WHO)
    if asked is None or is_late:
        return _stored(request, draft, questions.WHO)
    if _form(draft, asked).errors:
        draft.wrong = slug
        return _stored(request, draft, asked)
    draft.seen = [*(name for name in draft.seen if name != slug), slug]
    return _stored(request, draft, questions.after(asked, draft.data, draft.seen))


def _form(draft: Draft, asked: questions.Question) -> InquiryForm:
    """Return the form with the answers so far and the errors of this question only."""
    data = draft.data
    form = InquiryForm(data, for_whom=wording_for(data.get("for_whom", "")), only=asked.fields)
    form.full_clean()
    for name in [name for name in form.errors if name not in asked.fields]:
        del form.errors[name]
    return form


def _stored(request: HttpRequest, draft: Draft, asked: questions.Question | None) -> HttpResponse:
    """Store the draft and go to a question, or to the page with all answers. If that fails, the form on one page has every word."""
    draft.answers.setdefault("token", [form_tokens.issue()])
    response = _to(asked, "errors" if draft.wrong else "question")
    form = InquiryForm(initial=typed(draft.data), for_whom=wording_for(draft.data.get("for_whom", "")))
    try:
        if drafts.COOKIE not in request.COOKIES:
            rate_limits.count(rate_limits.DRAFTS, request, timezone.now())
        drafts.save(request, response, draft)
    except rate_limits.TooManyTries:
        return contact.form_page(request, form)
    except Exception:
        logger.exception("A draft could not be stored")
        return contact.form_page(request, form)
    return response


def _to(asked: questions.Question | None, place: str = "question") -> HttpResponse:
    # The fragment moves keyboards and screen readers to the question, also without scripts.
    path = reverse("intake:contact_question", args=[asked.slug]) if asked else reverse("intake:contact_check")
    return HttpResponseRedirect(f"{path}#{place}", status=303)


@public_page(cache=False, listed=False, crawl=False)
@visitor_form
def check(request: HttpRequest) -> HttpResponse:
    """Show all answers, each with a link to change it, and a form that sends them; or erase them."""
    draft = drafts.read(request)
    if request.method == "POST":
        response = redirect("intake:contact")
        contact.erase_draft(request, response)
        return response
    if draft is None:
        return redirect("intake:contact_question", questions.WHO.slug)
    unanswered = questions.after(questions.MORE[0], draft.data, draft.seen)
    if unanswered:
        return _to(unanswered)
    data = draft.data
    form = InquiryForm(initial=typed(data), for_whom=wording_for(data.get("for_whom", "")))
    rows = questions.rows(form, data)
    language = languages.current()
    context: dict[str, Any] = {
        "rows": [row for row in rows if row.answer or row.slug not in {each.slug for each in questions.MORE}],
        "more": [row for row in rows if not row.answer and row.slug in {each.slug for each in questions.MORE}],
        "hidden": _to_send(data),
        "desk": contact.answering_desk(form.answers_so_far(language)),
        "danger_lines": contact.danger_lines(data),
        "keeps_words": True,
        "is_contact": True,
        "form_key": receipt_cookie.form_key(request),
    }
    return render(request, "intake/contact_check.html", context)


def _to_send(data: QueryDict) -> list[tuple[str, str]]:
    """Return the fields of the form that sends the answers: those of the questions that are asked, with the token of the first one."""
    names = {name for each in [*questions.in_order(data), *questions.MORE] for name in each.fields} | {"guide", "token"}
    return [(name, value) for name, values in data.lists() if name in names for value in values]
