"""The context of the case page."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from danger import explain
from danger.assess import assess
from intake.admin.rows import contact_warnings, due_in_words, row
from intake.cases import history, labels, permissions
from intake.cases.inquiry_data import InquiryData
from intake.cases.permissions import visible_inquiries
from intake.models import Inquiry, Message, WaitingListEntry
from intake.notifications import alarms
from intake.retention import policy
from intake.scheduling import cadence, safe_times
from intake.triage import EMERGENCY_NUMBERS, SAFE_WAYS, Case, related
from recovery_site import helplines

RELATED_AT_ONCE = 20  # rows


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
        "due": due,
        "late": late,
        "safety": head,
        **alarm_context(inquiry),
        # The phone number is a link only in safe times, so that nobody calls by accident outside them. In danger it
        # always is.
        "may_call": head["safe_now"] or (inquiry.priority == Inquiry.Priority.DANGER and not inquiry.no_longer_safe),
        "in_danger": inquiry.is_in_danger,
        "emergency_numbers": _emergency_numbers(),
        "last_attempt": case.attempts[-1][0] if case.attempts else None,
        "warnings": contact_warnings(inquiry, now),
        "first_words": str(case.content.get("message", "")),
        "content": labels.lines(case.content),
        "guide_address": _guide_address(inquiry),
        "contact": labels.lines(case.contact),
        "language": labels.language_name(inquiry.language),
        "messages_read": [
            (message, payload and {**payload, "lines": labels.lines(payload.get("changed", {}))}) for message, payload in case.messages
        ],
        "history": history.entries(case.timeline, {str(attempt.pk): text or "" for attempt, text in case.attempts}),
        "can": {verb: permissions.may(user, verb, inquiry) for verb in permissions.VERBS},
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


def alarm_context(inquiry: Inquiry) -> dict[str, Any]:
    """Return the open alarm of the case and the names of those who were told of it. One query without an alarm, else three."""
    alarm = alarms.open_alarm(inquiry)
    return {"alarm": alarm, "alarm_told": alarms.names_told(alarm) if alarm else []}


def _emergency_numbers() -> list[helplines.Helpline]:
    """Return the helplines that staff call in an emergency, in the language of the page."""
    lines = helplines.helplines(settings.COUNTRY, get_language() or settings.LANGUAGE_CODE)
    return [line for line in lines if line.key in EMERGENCY_NUMBERS]


def _heard(case: Case) -> list[str]:
    """Return the signs of danger in what the person wrote, by which words: computed for the page, since the words describe the person."""
    written = [InquiryData(**{name: case.content.get(name, "") for name in ("message", "other_notes")}).text]
    written += [payload.get("text", "") for message, payload in case.messages if payload and message.sender == Message.Sender.VISITOR]
    return [explain.in_words(hit) for hit in assess("\n".join(written), case.inquiry.language).signs]


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


def _clock(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return `moment` as a naive datetime in `zone`, so that templates don't convert it to the current time zone."""
    return moment.astimezone(zone).replace(tzinfo=None)
