"""Verbs on danger: "I have it", why a case may leave "Danger now", a priority set by hand, emergency calls, the end of a drill."""

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from danger.proposals import propose_from_case
from intake.cases import case_keys, danger, events
from intake.crypto import sealing
from intake.models import Alarm, Event, Inquiry, Message
from intake.notifications import alarms
from intake.scheduling import response_times
from intake.triage import base, claims, messages
from recovery_site.verbs import Refused

# What a person may give as the reason; the end of a drill has its own verb.
OUTCOMES = [choice for choice in Inquiry.DangerOutcome.choices if choice[0] != Inquiry.DangerOutcome.DRILL]
RAISING = (("missed", gettext_lazy("it was so from the start, and not marked")), ("worse", gettext_lazy("it got worse")))
LOWERING = (("better", gettext_lazy("it got better")), ("mistake", gettext_lazy("it was marked by mistake")))
# The code that stands among the reasons of a priority that staff raised.
RAISED_BY_STAFF = "raised_by_staff"
# The numbers that staff call in an emergency, as keys of recovery_site/helplines.toml.
EMERGENCY_NUMBERS = ("emergency", "crisis")
# The same call, recorded by the same person within this time, was recorded already.
PRESSED_TWICE = dt.timedelta(minutes=2)
# A sentence is taken for the visitor's own when this many of its words stand in a row in what they wrote.
WORDS_IN_A_ROW = 4


@transaction.atomic
def resolve_danger(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry, *, by: User, version: int, outcome: str, note: str = "", sentence: str = "", language: str = ""
) -> Inquiry:
    """Let the case leave "Danger now", for a reason of OUTCOMES. An unclaimed case is assigned to `by`.

    `note` is stored as a sealed note; it says to whom the person was handed on. REACHED_SAFE counts as an answer. NOT_DANGER lowers
    the priority to URGENT, and `sentence`, in the words of staff, is proposed for the collection in `language`. Raises Refused if
    the case isn't in danger, or if `sentence` repeats the visitor's words.
    """
    inquiry = base.get_for_update(inquiry, "resolve_danger", by=by, version=version)
    base.refuse_closed(inquiry)
    if not inquiry.is_in_danger:
        raise Refused(_("This case is not in “Danger now”."))
    if inquiry.is_drill:
        raise Refused(_("This is a drill. End it with “End the drill”."))
    if outcome not in dict(OUTCOMES):
        raise Refused(_("Choose why the case may leave “Danger now”."))
    if inquiry.has_unread_message:
        raise Refused(_("The visitor wrote and nobody has read it yet. Read it first."))
    if outcome == Inquiry.DangerOutcome.HANDED_ON and not note.strip():
        raise Refused(_("Write in the note who is with them or on the way."))
    codes: dict[str, Any] = {"outcome": outcome}
    if note.strip():
        codes["note"] = str(messages.store_note(inquiry, note, by=by).pk)
    if outcome == Inquiry.DangerOutcome.NOT_DANGER:
        inquiry.priority = Inquiry.Priority.URGENT
        _propose(inquiry, sentence, language, is_danger=False, by=by)
    if inquiry.claimed_by_id is None:
        claims.assign_to(inquiry, by)
    now = timezone.now()
    if outcome == Inquiry.DangerOutcome.REACHED_SAFE:
        response_times.record_response(inquiry, now)
        response_times.record_contact(inquiry, now)
    inquiry.danger_resolved_at, inquiry.danger_outcome = now, outcome
    times = (*response_times.RESPONSE_FIELDS, *response_times.CONTACT_FIELDS)
    base.save_new_version(inquiry, *claims.OWNER_FIELDS, *danger.DANGER_FIELDS, *times, "priority")
    events.record(inquiry, Event.Kind.DANGER_RESOLVED, by=by, **codes)
    return inquiry


@transaction.atomic
def change_priority(  # noqa: PLR0913 (one form, all named)
    inquiry: Inquiry, *, by: User, version: int, priority: int, reason: str, sentence: str = "", language: str = ""
) -> Inquiry:
    """Raise or lower the priority, for a reason of RAISING or LOWERING. Raising it to DANGER notifies the centre.

    `sentence` is proposed for the collection when the case was danger and not marked. Raises Refused if the case is in "Danger
    now": resolve_danger() says why it may leave.
    """
    inquiry = base.get_for_update(inquiry, "change_priority", by=by, version=version)
    base.refuse_closed(inquiry)
    base.refuse_in_danger(inquiry)
    before = inquiry.priority
    again = priority == before == Inquiry.Priority.DANGER
    if priority == before and not again:
        raise Refused(_("The case has this priority already."))
    if reason not in dict(RAISING if priority < before or again else LOWERING):
        raise Refused(_("Choose a reason that fits: one for raising it, or one for lowering it."))
    inquiry.priority = priority
    inquiry.priority_reasons = [code for code in inquiry.priority_reasons if code != RAISED_BY_STAFF]
    if priority <= before:
        inquiry.priority_reasons.append(RAISED_BY_STAFF)
    if priority == Inquiry.Priority.DANGER:
        inquiry.danger_resolved_at, inquiry.danger_outcome = None, ""
        if inquiry.state == Inquiry.State.WAITING:
            inquiry.state = Inquiry.State.OPEN
    if priority < before:
        response_times.promise_sooner(inquiry, timezone.now())
    base.save_new_version(inquiry, "priority", "priority_reasons", "state", "answer_by", "next_action_at", *danger.DANGER_FIELDS)
    events.record(inquiry, Event.Kind.PRIORITY_CHANGED, by=by, before=before, priority=priority, reason=reason)
    if priority == Inquiry.Priority.DANGER:
        if reason == "missed":
            _propose(inquiry, sentence, language, is_danger=True, by=by)
        alarms.cry(inquiry)
    return inquiry


@transaction.atomic
def record_emergency_call(inquiry: Inquiry, *, by: User, number: str) -> Inquiry:
    """Record that `by` called an emergency number (a key of EMERGENCY_NUMBERS). The case stays in "Danger now".

    The version stays the same, because a call makes no other page stale. The button pressed twice is one call.
    """
    inquiry = base.get_for_update(inquiry, "record_emergency_call", by=by)
    base.refuse_closed(inquiry)
    if inquiry.is_drill:
        raise Refused(_("This is a drill: call nobody."))
    if number not in EMERGENCY_NUMBERS:
        raise Refused(_("Choose the number that was called."))
    just_now = timezone.now() - PRESSED_TWICE
    calls = inquiry.events.filter(kind=Event.Kind.EMERGENCY_CALLED, actor=by, at__gt=just_now)
    if number not in [call.data["number"] for call in calls]:
        events.record(inquiry, Event.Kind.EMERGENCY_CALLED, by=by, number=number)
    return inquiry


@transaction.atomic
def acknowledge(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Stop ringing for the case: `by` looks after it now. Raises Refused, with the name, when somebody else was first."""
    inquiry = base.get_for_update(inquiry, "acknowledge", by=by, to_read=True)
    if alarms.acknowledge(inquiry, by=by, via=Alarm.Via.ADMIN, now=timezone.now()):
        return inquiry
    last = Alarm.objects.filter(inquiry=inquiry).select_related("acknowledged_by").last()
    first = last.acknowledged_by if last else None
    if first is not None and first.pk != by.pk:
        raise Refused(_("%(name)s has it already.") % {"name": first.shown_name})
    return inquiry


@transaction.atomic
def end_drill(inquiry: Inquiry, *, by: User) -> Inquiry:
    """Close an invented case. Raises Refused if the case is no drill."""
    inquiry = base.get_for_update(inquiry, "end_drill", by=by)
    base.refuse_closed(inquiry)
    if not inquiry.is_drill:
        raise Refused(_("This case is no drill."))
    now = timezone.now()
    inquiry.danger_resolved_at, inquiry.danger_outcome = now, Inquiry.DangerOutcome.DRILL
    inquiry.state, inquiry.outcome, inquiry.closed_at, inquiry.next_action_at = Inquiry.State.CLOSED, "", now, None
    base.save_new_version(inquiry, "state", "outcome", "closed_at", "next_action_at", *danger.DANGER_FIELDS)
    events.record(inquiry, Event.Kind.DANGER_RESOLVED, by=by, outcome=Inquiry.DangerOutcome.DRILL)
    return inquiry


def _propose(inquiry: Inquiry, sentence: str, language: str, *, is_danger: bool, by: User) -> None:
    """Propose a sentence, if there is one, unless it repeats what the visitor wrote."""
    if not sentence.strip():
        return
    key = case_keys.for_staff(inquiry, by)
    own = [sealing.open_sealed("inquiry", inquiry.pk, bytes(inquiry.sealed), key)]
    for row in inquiry.messages.filter(sender=Message.Sender.VISITOR):
        own.append(sealing.open_sealed("message", row.pk, bytes(row.sealed), key))
    texts = [str(payload[name]) for payload in own for name in ("message", "text", "other_notes") if payload.get(name)]
    rows = [" ".join(_words(text)) for text in texts]
    proposed = _words(sentence)
    size = min(WORDS_IN_A_ROW, len(proposed))
    parts = [" ".join(proposed[start : start + size]) for start in range(len(proposed) - size + 1)]
    if any(f" {part} " in f" {row} " for part in parts for row in rows):
        raise Refused(_("This sentence repeats words of the visitor. Write it in your own words, without anything that describes them."))
    propose_from_case(sentence, language or inquiry.language, is_danger=is_danger, by=by)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
