"""The context of the case page."""

import datetime as dt
import re
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from danger import explain
from danger.assess import assess
from danger.levels import Level
from intake.admin.rows import contact_warnings, due_in_words, held_in_words, row
from intake.cases import history, labels, permissions
from intake.cases.inquiry_data import InquiryData
from intake.cases.permissions import visible_inquiries
from intake.models import Event, Inquiry, Message, WaitingListEntry
from intake.notifications import alarms
from intake.retention import policy
from intake.scheduling import cadence, safe_times
from intake.triage import EMERGENCY_NUMBERS, SAFE_WAYS, Case, related
from recovery_site import helplines, languages

RELATED_AT_ONCE = 20  # rows
FIRST_WORDS = 160  # characters of what they wrote, in the first screen of a phone


def context(case: Case, user: User, now: dt.datetime) -> dict[str, Any]:
    """Return the context of the case page as of `now` (aware)."""
    inquiry = case.inquiry
    due, late = due_in_words(inquiry, now)
    head = safety(inquiry, now)
    return {
        "title": _("Case %(reference)s") % {"reference": inquiry.reference},
        "case": case,
        "inquiry": inquiry,
        "reasons": [labels.reason(code) for code in inquiry.priority_reasons],
        "heard": _heard(case),
        "held": held_in_words(inquiry),
        "due": due,
        "late": late,
        "safety": head,
        **alarm_context(inquiry, case.timeline),
        # The phone number is a link only in safe times, so that nobody calls by accident outside them. In danger it
        # always is.
        "may_call": head["safe_now"] or (inquiry.priority == Inquiry.Priority.DANGER and not inquiry.no_longer_safe),
        "in_danger": inquiry.is_in_danger,
        "emergency_numbers": _emergency_numbers(),
        "last_attempt": case.attempts[-1][0] if case.attempts else None,
        "warnings": contact_warnings(inquiry, now),
        "danger_words": _danger_words(case) if inquiry.is_in_danger else "",
        "content": labels.lines(case.content),
        "guide_address": _guide_address(inquiry),
        "contact": labels.lines(case.contact),
        "language": labels.language_name(inquiry.language),
        "taking_back": next((message for message, _payload in case.messages if _can_be_taken_back(message, user, now)), None),
        "messages_read": [(message, payload and _shown(message, payload, case.timeline)) for message, payload in case.messages],
        "history": history.entries(case.timeline, {str(attempt.pk): text or "" for attempt, text in case.attempts}),
        "can": {verb: permissions.may(user, verb, inquiry) for verb in permissions.VERBS},
        # For the minute until their cases are given back.
        "owner_left": inquiry.claimed_by is not None and not (inquiry.claimed_by.is_active and inquiry.claimed_by.is_staff),
        "mine": inquiry.claimed_by_id == user.pk,
        "may_get_new_words": inquiry.contact_way in SAFE_WAYS and not inquiry.no_longer_safe and not inquiry.erased_at,
        "leads": permissions.leads(user, inquiry.centre_id),
        "closed": inquiry.state == Inquiry.State.CLOSED,
        "erases_on": policy.erases_on(inquiry),
        "tries_used_up": cadence.exhausted(inquiry),
        "waiting_entry": WaitingListEntry.objects.filter(inquiry=inquiry).defer("sealed").first(),
        "watching": inquiry.watches.filter(user=user).exists(),
        "related": [row(other, now) for other in related(inquiry, user)[:RELATED_AT_ONCE]],
        "merged_cases": visible_inquiries(user).filter(merged_into=inquiry),
    }


def _shown(message: Message, payload: dict[str, Any], timeline: list[Event]) -> dict[str, Any]:
    """Return what the page shows of a message: its text, what it changed, and why the visitor was not told of it."""
    return {**payload, "lines": labels.lines(payload.get("changed", {})), "not_told": history.not_told_of(message, timeline)}


def alarm_context(inquiry: Inquiry, timeline: list[Event]) -> dict[str, Any]:
    """Return the alarm that rings, whom it told, else who has it, and the emergency calls. One query without an alarm, else three."""
    alarm = alarms.unanswered().filter(inquiry=inquiry).select_related("inquiry__centre").first()
    has_it = [event for event in timeline if event.kind == Event.Kind.ACKNOWLEDGED and event.actor is not None]
    return {
        "alarm": alarm,
        "alarm_told": alarms.names_told(alarm) if alarm else [],
        "has_it": has_it[-1] if has_it and alarm is None else None,
        "calls": emergency_calls(timeline),
    }


def emergency_calls(timeline: list[Event]) -> list[tuple[Event, str]]:
    """Return the calls to emergency numbers that staff recorded, each with the number, the latest first."""
    numbers = {line.key: line.number for line in _emergency_numbers()}
    calls = [event for event in timeline if event.kind == Event.Kind.EMERGENCY_CALLED]
    return [(event, numbers.get(event.data.get("number", ""), "")) for event in reversed(calls)]


def _emergency_numbers() -> list[helplines.Helpline]:
    """Return the helplines that staff call in an emergency, in the language of the page."""
    lines = helplines.helplines(settings.COUNTRY, languages.current())
    return [line for line in lines if line.key in EMERGENCY_NUMBERS]


def _heard(case: Case) -> list[str]:
    """Return the signs of danger in what the person wrote, by which words: computed for the page, since the words describe the person."""
    written = [InquiryData(**{name: case.content.get(name, "") for name in ("message", "other_notes")}).text]
    written += _messages_of_visitor(case)
    return [explain.in_words(hit) for hit in assess("\n".join(written), case.inquiry.language).signs]


def _danger_words(case: Case) -> str:
    """Return what of the visitor's words must be read first.

    That is the latest text with danger in it (without one, the latest); of a long one, from its gravest sentence on.
    """
    texts = [str(case.content.get("message", "")), *_messages_of_visitor(case)]
    texts = [text for text in texts if text.strip()] or [str(case.content.get("other_notes", ""))]
    dangerous = [text for text in texts if assess(text, case.inquiry.language).level >= Level.LOOK]
    text = (dangerous or texts)[-1]
    if len(text) <= FIRST_WORDS:
        return text
    starts = [0, *(end.end() for end in re.finditer(r"[.!?\n]\s*", text) if end.end() < len(text))]
    parts = [text[start:until] for start, until in pairwise([*starts, len(text)])]
    gravest = max(range(len(parts)), key=lambda number: assess(parts[number], case.inquiry.language).level)
    return ("… " if gravest else "") + text[starts[gravest] :]


def _messages_of_visitor(case: Case) -> list[str]:
    return [payload.get("text", "") for message, payload in case.messages if payload and message.sender == Message.Sender.VISITOR]


def _guide_address(inquiry: Inquiry) -> str:
    """Return the absolute URL of the guide the visitor came from, in the language of the inquiry.

    Absolute because the visitors' pages may be on another server.
    """
    foreign = inquiry.language in dict(settings.LANGUAGES) and inquiry.language != settings.LANGUAGE_CODE
    return f"{settings.SITE_URL}/{f'{inquiry.language}/' if foreign else ''}guides/{inquiry.guide_slug}/"


def safety(inquiry: Inquiry, now: dt.datetime) -> dict[str, Any]:
    """Return the context of the page's head: whether, how and when the person may be contacted."""
    their_zone = safe_times.their_zone(inquiry)
    next_safe = safe_times.next_safe_time(inquiry, now)
    return {
        "no_longer_safe": inquiry.no_longer_safe,
        "mailbox_only": inquiry.contact_way == Inquiry.ContactWay.MAILBOX,
        "safe_now": safe_times.is_safe_time(inquiry, now),
        "next_safe": next_safe,
        "next_safe_theirs": next_safe and _clock(next_safe, their_zone),
        "windows": safe_times.windows(inquiry),
        "their_time": _clock(now, their_zone),
        "their_zone": str(their_zone),
        "their_zone_known": bool(inquiry.time_zone),
        "centre_time": _clock(now, safe_times.zone(inquiry.centre.time_zone)),
    }


def _can_be_taken_back(message: Message, user: User, now: dt.datetime) -> bool:
    return message.visible_from is not None and message.visible_from > now and message.author_id == user.pk


def _clock(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return `moment` as a naive datetime in `zone`, so that templates don't convert it to the current time zone."""
    return moment.astimezone(zone).replace(tzinfo=None)
