"""The case page and its steps. Whatever a step does, everything that was typed stays (intake.admin.cases.typed)."""

import datetime as dt
import logging
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import admission, triage
from intake.admin.cases import case_page, contact_window, steps, typed
from intake.admin.forms import (
    AssignForm,
    AttemptForm,
    CloseForm,
    DangerForm,
    FollowUpForm,
    HandOverForm,
    MergeForm,
    NewWordsForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    VersionedForm,
    WaitingListForm,
)
from intake.admin.requests import StaffRequest
from intake.crypto import receipts
from intake.models import Inquiry
from intake.queue import reply_templates
from intake.scheduling import cadence, safe_times
from recovery_site.formats import clock
from recovery_site.staff import presence
from recovery_site.staff.paths import number
from recovery_site.verbs import Refused

logger = logging.getLogger(__name__)

FORMS: dict[str, type[forms.Form]] = {
    "attempt": AttemptForm,
    "reply": ReplyForm,
    "note": NoteForm,
    "close": CloseForm,
    "assign": AssignForm,
    "hand_over": HandOverForm,
    "merge": MergeForm,
    "block": VersionedForm,
    "danger": DangerForm,
    "priority": PriorityForm,
    "follow_up": FollowUpForm,
    "wait": WaitingListForm,
    "new_words": NewWordsForm,
}
# Forms whose choices depend on the case.
NEED_INQUIRY = ("assign", "close", "follow_up", "hand_over")


@require_safe
def case(request: StaffRequest, reference: str) -> HttpResponse:
    """Open a case."""
    return _page(request, steps.visible(request, reference), {})


def _page(request: StaffRequest, inquiry: Inquiry, bound: dict[str, forms.Form], refusal: str = "", status: int = 200) -> HttpResponse:
    seconds = contact_window.seconds_left(request, inquiry)
    opened = triage.open_case(inquiry, by=request.user, with_contact=seconds > 0)
    opened.inquiry.centre = inquiry.centre
    now = timezone.now()
    with timezone.override(safe_times.zone(inquiry.centre.time_zone)):
        context = {
            **admin.site.each_context(request),
            **case_page.context(opened, request.user, now),
            "others_here": presence.arrive(opened.inquiry.presences, request.user, now),
            "forms": _forms(request, opened, bound),
            "reply_first": inquiry.contact_way == Inquiry.ContactWay.MAILBOX or inquiry.no_longer_safe,
            "refusal": refusal,
            "reply_templates": [
                (template, reply_templates.filled(template, inquiry, request.user)) for template in reply_templates.fitting(inquiry)
            ],
            "contact_closes": contact_window.css_class(seconds),
            "contact_shown": seconds > 0,
        }
        return render(request, "admin/intake/inquiry/case.html", context, status=status)


def _forms(request: StaffRequest, opened: triage.Case, bound: dict[str, forms.Form]) -> dict[str, forms.Form]:
    """Return the forms of the page. A bound form keeps its data but gets the current version."""
    inquiry = opened.inquiry
    initial: dict[str, dict[str, Any]] = {name: {"version": inquiry.version} for name in FORMS}
    for name in ("danger", "priority"):
        initial[name] |= {"language": inquiry.language, "priority": inquiry.priority}
    initial["attempt"] |= {"way": inquiry.contact_way, "next_action_at": _proposal(opened)}
    forms_by_name = {name: bound.get(name) or form_of(name, inquiry, initial=initial[name]) for name in FORMS}
    steps.keep_typed(bound, inquiry.version)
    typed.prepare(request, forms_by_name, opened.drafts)
    return forms_by_name


def form_of(name: str, inquiry: Inquiry, data: QueryDict | None = None, **kwargs: Any) -> forms.Form:
    """Return a form of the case page; its name is its prefix."""
    if name in NEED_INQUIRY:
        kwargs["inquiry"] = inquiry
    kwargs.setdefault("initial", {"language": inquiry.language})
    return FORMS[name](data, prefix=name, **kwargs)


def _proposal(opened: triage.Case) -> dt.datetime | None:
    proposal = cadence.next_try(opened.inquiry, [attempt.made_at for attempt, _note in opened.attempts], timezone.now())
    return None if proposal is None else timezone.localtime(proposal)


_step = steps.maker(form_of, _page, "admin:intake_inquiry_case", FORMS)


@require_safe
def next_after(request: StaffRequest, reference: str) -> HttpResponse:
    """Lead to the case whose turn it is after this one."""
    return HttpResponseRedirect(steps.next_address(request, steps.visible(request, reference)))


@require_POST
def first_words(request: StaffRequest, reference: str) -> HttpResponse:
    """Show how the person's message begins, recorded as an opening; the words alone for js/first-words.js."""
    inquiry = steps.visible(request, reference)
    try:
        words, status = triage.first_words(inquiry, by=request.user) or _("They wrote no message."), 200
    except steps.CAN_NOT_OPEN:
        logger.exception("A case's key can't be read")
        words, status = str(steps.UNREADABLE_CASE), steps.UNREADABLE
    context = {"title": _("Case %(reference)s") % {"reference": reference}, "inquiry": inquiry, "words": words}
    alone = request.headers.get("X-Fragment") == "1"
    if not alone:
        context = {**admin.site.each_context(request), **context}
    page = "admin/intake/inquiry/words.html" if alone else "admin/intake/inquiry/first_words.html"
    response = render(request, page, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@_step(None, anchor="case-steps")
def claim(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.claim(inquiry, by=request.user)
    return _("You have this case now.")


@_step(None)
def have_it(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.acknowledge(inquiry, by=request.user)
    return _("You have it. The alarm has stopped.")


@_step(None, anchor="case-steps")
def release(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.release(inquiry, by=request.user)
    return _("The case is given back. Anybody can take it.")


@_step(None, anchor="contact")
def show_contact(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.show_contact(inquiry, by=request.user)
    contact_window.open_for(request, inquiry)
    return _("Contact details are shown for five minutes. That you looked is recorded.")


@_step("attempt", anchor="attempt-title")
def attempt(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.log_attempt(inquiry, by=request.user, **cleaned)
    return _("The attempt is logged.")


@_step("reply", anchor="reply-title")
def reply(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.reply(inquiry, by=request.user, **cleaned)
    return _("The reply goes out in a few seconds.")


@require_POST
def take_reply_back(request: StaffRequest, reference: str, message: UUID) -> HttpResponse:
    """Take back a reply that isn't in the mailbox yet, and put its text back into the box."""
    inquiry = steps.visible(request, reference)
    unsent = {name: form_of(name, inquiry, request.POST) for name in FORMS}
    kept = typed.keep(request, unsent, inquiry)
    try:
        draft_id = triage.take_back(inquiry, message_id=message, by=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        typed.put_back(request, kept)
    else:
        messages.success(request, _("The reply is taken back: nobody has read it. It stands in the box again."))
        typed.put_back(request, [str(draft_id), *kept])
    return HttpResponseRedirect(reverse("admin:intake_inquiry_case", args=[reference]) + "#reply-title", status=303)


@require_POST
def put_in_template(request: StaffRequest, reference: str) -> HttpResponse:
    """Add a reply template to what stands in the reply (with scripts: static/js/case.js, at the cursor)."""
    inquiry = steps.visible(request, reference)
    template = reply_templates.fitting(inquiry).filter(pk=number(request.POST.get("template", "")) or 0).first()
    name = "reply-text"
    data = request.POST.copy()
    texts = [data.get(name, "").rstrip(), reply_templates.filled(template, inquiry, request.user) if template else ""]
    data[name] = "\n\n".join(text for text in texts if text)
    request.POST = data  # type: ignore[assignment]  # keep() reads the ids of the drafts from it
    kept = typed.keep(request, {name: form_of(name, inquiry, data) for name in FORMS}, inquiry)
    typed.put_back(request, kept)
    return HttpResponseRedirect(reverse("admin:intake_inquiry_case", args=[reference]) + "#reply-title", status=303)


@_step("note", anchor="note-title")
def note(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.add_note(inquiry, by=request.user, **cleaned)
    return _("The note is stored.")


@_step("close")
def close(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.close(inquiry, by=request.user, **cleaned)
    return _("The case is closed.")


@_step(None)
def reopen(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.reopen(inquiry, by=request.user, version=inquiry.version)
    return _("The case is open again.")


@_step(None)
def put_in_queue(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.put_in_queue(inquiry, by=request.user)
    return _("The request is in the queue. Your colleagues are told, and the person is promised a time.")


@_step("assign", anchor="case-steps")
def assign(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.assign(inquiry, to=cleaned["to"], by=request.user)
    return _("%(name)s has this case now.") % {"name": cleaned["to"].shown_name}


@_step("hand_over")
def hand_over(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.hand_over(inquiry, to=cleaned["to"], by=request.user, version=cleaned["version"])
    return _("%(centre)s has the case now, and its staff are told. Nobody here can open it any more.") % {"centre": cleaned["to"].name}


@_step(None)
def recuse(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.recuse(inquiry, by=request.user)
    return _("You stepped back from the case. You will not see it again.")


@_step(None, anchor="case-steps")
def watch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.watch(inquiry, by=request.user)
    return _("You watch this case.")


@_step(None, anchor="case-steps")
def unwatch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.unwatch(inquiry, by=request.user)
    return _("You no longer watch this case.")


def _day_and_time(moment: dt.datetime) -> str:
    """Return a moment with its year and the zone of the page, such as "Sun 7 Nov 2027 1:30 a.m. EDT"."""
    local = timezone.localtime(moment)
    return f"{clock.in_words(local, 'D j M Y H:i')} {local:%Z}"


@_step("follow_up", anchor="plan-title")
def follow_up(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.follow_up(inquiry, by=request.user, **cleaned)
    return _("The follow-up is planned for %(time)s.") % {"time": _day_and_time(cleaned["at"])}


@_step("wait", anchor="plan-title")
def put_on_waiting_list(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    admission.put_on_waiting_list(inquiry, by=request.user, **cleaned)
    return _("The case is on the waiting list.")


@_step(None, anchor="plan-title")
def take_off_waiting_list(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    admission.take_off_waiting_list(inquiry, by=request.user)
    return _("The case is off the waiting list.")


@_step("merge")
def merge(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    into = steps.visible(request, cleaned["into"])
    triage.merge(inquiry, into=into, by=request.user, version=cleaned["version"])
    return _("This case is closed as a duplicate: %(reference)s goes on. You can undo this here.") % {"reference": into.reference}


@_step(None)
def unmerge(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.unmerge(inquiry, by=request.user)
    return _("The merging is undone.")


@_step("block")
def block(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.block(inquiry, by=request.user, version=cleaned["version"])
    return _("The contact is blocked and the case closed as spam.")


@_step("danger")
def resolve_danger(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.resolve_danger(inquiry, by=request.user, **cleaned)
    return _("The case left “Danger now”. A new sign of danger brings it back. A wrong press? “Change the priority” puts it back.")


@_step("priority")
def change_priority(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.change_priority(inquiry, by=request.user, **cleaned)
    return _("The priority is changed.")


@_step(None)
def end_drill(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.end_drill(inquiry, by=request.user)
    return _("The drill is over. Thank you: your lead sees how long it took.")


@require_POST
def give_new_words(request: StaffRequest, reference: str) -> HttpResponse:
    """Replace the words of a visitor who lost theirs, and show the new ones once, to read out. Nothing stores them."""
    inquiry = steps.visible(request, reference)
    form = NewWordsForm(request.POST, prefix="new_words")
    if not form.is_valid():
        return _page(request, inquiry, {"new_words": form}, status=steps.BAD_INPUT)
    try:
        words, language = triage.give_new_words(inquiry, by=request.user, **form.cleaned_data)
    except Refused as refused:
        return _page(request, inquiry, {"new_words": form}, refused.message, steps.CONFLICT)
    except steps.CAN_NOT_OPEN:
        logger.exception("A case's key can't be read")
        return _page(request, inquiry, {"new_words": form}, str(steps.UNREADABLE_CASE), steps.UNREADABLE)
    typed.keep(request, {name: form_of(name, inquiry, request.POST) for name in FORMS if name != "new_words"}, inquiry)
    title = _("New receipt words for %(reference)s") % {"reference": reference}
    context = {"title": title, "inquiry": inquiry, "words": receipts.shown(words, language), "words_language": language}
    response = render(request, "admin/intake/inquiry/new_words.html", {**admin.site.each_context(request), **context})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def who_is_here(request: StaffRequest, reference: str) -> HttpResponse:
    """Record that the page is open; show who else has it open and whether the case has changed. Polled every ten seconds."""
    inquiry = steps.visible(request, reference)
    if request.POST.get("leaving"):
        presence.leave(inquiry.presences, request.user)
        return HttpResponse(status=204)
    version = number(request.POST.get("version", ""))
    context = {
        "others_here": presence.arrive(inquiry.presences, request.user, timezone.now()),
        "changed": version is not None and version != inquiry.version,
        "inquiry": inquiry,
    }
    return render(request, "admin/intake/inquiry/presence.html", context)
