"""The case page and its steps. A refused step shows the current case and keeps everything that was typed."""

import datetime as dt
import logging
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import admission, triage
from intake.admin.cases import case_page, contact_window, steps
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
from intake.models import Inquiry, ReplyTemplate
from intake.queue import reply_templates
from intake.scheduling import cadence, safe_times
from recovery_site.staff import presence
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
NEED_INQUIRY = ("assign", "hand_over")


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
            "reply_templates": reply_templates.fitting(inquiry),
            "contact_closes": contact_window.css_class(seconds),
            "contact_shown": seconds > 0,
        }
        return render(request, "admin/intake/inquiry/case.html", context, status=status)


def _forms(request: StaffRequest, opened: triage.Case, bound: dict[str, forms.Form]) -> dict[str, forms.Form]:
    """Return the forms of the page. A bound form keeps its data but gets the current version."""
    inquiry = opened.inquiry
    initial: dict[str, dict[str, Any]] = {name: {"version": inquiry.version} for name in FORMS}
    template = _template(request, inquiry)
    if template is not None:
        initial["reply"]["text"] = reply_templates.filled(template, inquiry, request.user)
    for name in ("danger", "priority"):
        initial[name] |= {"language": inquiry.language, "priority": inquiry.priority}
    initial["attempt"] |= {"way": inquiry.contact_way, "next_action_at": _proposal(opened)}
    forms_by_name = {name: bound.get(name) or _form(name, inquiry, initial=initial[name]) for name in FORMS}
    steps.keep_typed(bound, inquiry.version)
    return forms_by_name


def _template(request: StaffRequest, inquiry: Inquiry) -> ReplyTemplate | None:
    """Return the reply template named in the query string, if it is available for the case."""
    chosen = request.GET.get("template", "")
    return reply_templates.fitting(inquiry).filter(pk=chosen).first() if chosen.isdecimal() else None


def _form(name: str, inquiry: Inquiry, data: QueryDict | None = None, **kwargs: Any) -> forms.Form:
    if name in NEED_INQUIRY:
        kwargs["inquiry"] = inquiry
    return FORMS[name](data, prefix=name, **kwargs)


def _proposal(opened: triage.Case) -> dt.datetime | None:
    proposal = cadence.next_try(opened.inquiry, [attempt.made_at for attempt, _note in opened.attempts], timezone.now())
    return None if proposal is None else timezone.localtime(proposal)


_step = steps.maker(_form, _page, "admin:intake_inquiry_case")


@_step(None)
def claim(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.claim(inquiry, by=request.user)
    return _("You have this case now.")


@_step(None)
def have_it(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.acknowledge(inquiry, by=request.user)
    return _("You have it. The alarm has stopped.")


@_step(None)
def release(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.release(inquiry, by=request.user)
    return _("The case is given back. Anybody can take it.")


@_step(None, anchor="contact")
def show_contact(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.show_contact(inquiry, by=request.user)
    contact_window.open_for(request, inquiry)
    return _("Contact details are shown for five minutes. That you looked is recorded.")


@_step("attempt")
def attempt(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.log_attempt(inquiry, by=request.user, **cleaned)
    return _("The attempt is logged.")


@_step("reply")
def reply(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.reply(inquiry, by=request.user, **cleaned)
    return _("The reply is in the mailbox.")


@_step("note")
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


@_step("assign")
def assign(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.assign(inquiry, to=cleaned["to"], by=request.user)
    return _("%(name)s has this case now.") % {"name": cleaned["to"].shown_name}


@_step("hand_over")
def hand_over(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.hand_over(inquiry, to=cleaned["to"], by=request.user, version=cleaned["version"])
    return _("%(centre)s has the case now.") % {"centre": cleaned["to"].name}


@_step(None)
def recuse(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.recuse(inquiry, by=request.user)
    return _("You stepped back from the case. You will not see it again.")


@_step(None)
def watch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.watch(inquiry, by=request.user)
    return _("You watch this case.")


@_step(None)
def unwatch(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.unwatch(inquiry, by=request.user)
    return _("You no longer watch this case.")


@_step("follow_up")
def follow_up(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    triage.follow_up(inquiry, by=request.user, **cleaned)
    return _("The follow-up is planned.")


@_step("wait")
def put_on_waiting_list(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    admission.put_on_waiting_list(inquiry, by=request.user, **cleaned)
    return _("The case is on the waiting list.")


@_step(None)
def take_off_waiting_list(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    admission.take_off_waiting_list(inquiry, by=request.user)
    return _("The case is off the waiting list.")


@_step("merge")
def merge(request: StaffRequest, inquiry: Inquiry, cleaned: dict[str, Any]) -> str:
    into = steps.visible(request, cleaned["into"])
    triage.merge(inquiry, into=into, by=request.user, version=cleaned["version"])
    return _("The case is closed as a duplicate of %(reference)s. You can undo this here.") % {"reference": into.reference}


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
    version = request.POST.get("version", "")
    context = {
        "others_here": presence.arrive(inquiry.presences, request.user, timezone.now()),
        "changed": version.isdecimal() and int(version) != inquiry.version,
        "inquiry": inquiry,
    }
    return render(request, "admin/intake/inquiry/presence.html", context)
