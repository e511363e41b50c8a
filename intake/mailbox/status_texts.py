"""Status and error texts for visitors."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.crypto.receipts import UnreadableReceipt
from intake.models import Centre, Event, Inquiry
from intake.scheduling import safe_times

# At most so many words are repeated in an error message.
MOST_NAMED = 10
# Words in a receipt of the retired list.
OLD_LENGTH = 6


def status_for_visitor(inquiry: Inquiry) -> str:
    """Return the status of a request in one or two sentences. They name the centre and the deadline but no staff member."""
    centre = inquiry.centre.name
    # Suspected spam is shown as new: a person reviews it, and the sender isn't told.
    if inquiry.state == Inquiry.State.NEW or inquiry.outcome == Inquiry.Outcome.SPAM:
        if call := when_called(inquiry):
            return call
        if inquiry.answer_by is None or inquiry.answer_by < timezone.now():
            return _("%(centre)s has your request. Nobody has answered it yet.") % {"centre": centre}
        local_deadline = inquiry.answer_by.astimezone(ZoneInfo(inquiry.centre.time_zone))
        return _("%(centre)s has your request and will answer by %(time)s.") % {"centre": centre, "time": at(local_deadline)}
    if inquiry.state == Inquiry.State.OPEN:
        call = when_called(inquiry) if inquiry.first_response_at is None else ""
        return f"{_('Someone at %(centre)s is looking after your request.') % {'centre': centre}} {call}".strip()
    if inquiry.state == Inquiry.State.WAITING:
        return _("%(centre)s has answered or tried to reach you, and is waiting to hear from you.") % {"centre": centre}
    return _("Your request is closed. You can write here at any time and it will be opened again.")


CALLED = (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT)


def when_called(inquiry: Inquiry, *, since: dt.datetime | None = None) -> str:
    """Return a sentence on when the person will be called or texted: in opening hours that are also safe times.

    `since` is when the contact preferences were last changed; None looks it up in the events (one query). The sentence is
    empty if the person chose another way of contact, the time has passed, or there is no deadline.
    """
    if inquiry.contact_way not in CALLED or inquiry.outcome == Inquiry.Outcome.SPAM or inquiry.answer_by is None:
        return ""
    if since is None:
        changed = inquiry.events.filter(kind=Event.Kind.CONTACT_CHANGED).order_by("-id").first()
        since = changed.at if changed else inquiry.received_at
    between = safe_times.call_between(inquiry, since)
    if between is None:
        text = _("The times that you chose are not ours, so %(centre)s will answer you here. You can choose other times in your mailbox.")
        return text % {"centre": inquiry.centre.name}
    if between[1] <= timezone.now():
        return ""
    by_phone = _("Someone at %(centre)s will call you between %(start)s and %(end)s.")
    by_text = _("Someone at %(centre)s will send you a text message between %(start)s and %(end)s.")
    start, end = between
    until = at(end) if end.date() != start.date() else f"{date_format(end, 'TIME_FORMAT')} ({end:%Z})"
    facts = {"centre": inquiry.centre.name, "start": clock_words(start), "end": until}
    return (by_phone if inquiry.contact_way == Inquiry.ContactWay.PHONE else by_text) % facts


def at(moment: dt.datetime) -> str:
    """Format an aware datetime in its own time zone: weekday, date, time and the name of the time zone."""
    return f"{clock_words(moment)} ({moment:%Z})"


# Django's `date` filter would convert aware datetimes to the current time zone.
def clock_words(local: dt.datetime) -> str:
    """Format `local` in its own time zone and the active language: weekday, date and time."""
    return ", ".join(date_format(local, name) for name in ("l", "MONTH_DAY_FORMAT", "TIME_FORMAT"))


def unreadable_receipt(error: UnreadableReceipt) -> str:
    """Return an error message for an unreadable receipt."""
    if error.reason == "empty":
        return _("Write the words of your receipt.")
    if error.reason == "unknown":
        text = _("We do not know these words: %(words)s. Compare them with your note. A receipt has %(count)s words.")
        return text % {"words": ", ".join(error.words[:MOST_NAMED]), "count": error.expected}
    written = len(error.words)
    numbers = {"written": written, "expected": error.expected, "count": abs(error.expected - written)}
    if error.reason == "missing":
        text = ngettext(
            "You wrote %(written)s words, and a receipt has %(expected)s: %(count)s word is missing.",
            "You wrote %(written)s words, and a receipt has %(expected)s: %(count)s words are missing.",
            numbers["count"],
        )
    else:
        text = ngettext(
            "You wrote %(written)s words, and a receipt has %(expected)s: %(count)s word is too many.",
            "You wrote %(written)s words, and a receipt has %(expected)s: %(count)s words are too many.",
            numbers["count"],
        )
    return text % numbers


def or_call() -> str:
    """Return the sentence with the phone number of the default centre; empty when it has none. One query."""
    phone = Centre.objects.filter(is_default=True).values_list("phone", flat=True).first()
    return _("Or call us: %(phone)s.") % {"phone": phone} if phone else ""


def no_such_receipt(typed: str) -> str:
    """Return the error message for words that could be a receipt and open none."""
    text = _("These words open no mailbox. Compare each one with your note, then try again.")
    if len(typed.split()) != OLD_LENGTH:
        return text
    hint = _("A receipt has seven words; only those from before November 2026 have six. Is one missing?")
    return f"{text} {hint}"
