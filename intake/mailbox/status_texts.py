"""Status and error texts for visitors."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.crypto.receipts import UnreadableReceipt
from intake.models import Centre, Event, Inquiry
from intake.notifications import alarms, recipients
from intake.scheduling import response_times, safe_times

# At most so many words are repeated in an error message.
MOST_NAMED = 10
# Words in a receipt of the retired list.
OLD_LENGTH = 6


def reaches_nobody(inquiry: Inquiry) -> bool:
    """Return whether someone waits for an answer, or rings an alarm, and nobody at all can be told now. One to four queries.

    The mailbox warns of it, and promises no time then (status_for_visitor).
    """
    waits = inquiry.state != Inquiry.State.CLOSED and inquiry.first_response_at is None
    return (waits or alarms.open_alarm(inquiry) is not None) and not recipients.reaches_somebody(inquiry.centre, timezone.now())


def status_for_visitor(inquiry: Inquiry, *, unreached: bool) -> str:
    """Return the status of a request in one or two sentences. They name the centre and the deadline but no staff member.

    `unreached` is what reaches_nobody() returns: no time is promised beside a warning that nobody can be told.
    """
    centre = inquiry.centre.name
    if inquiry.is_held:
        return _("%(centre)s has your request. Nobody has answered it yet.") % {"centre": centre}
    if inquiry.state == Inquiry.State.NEW:
        if not unreached and (call := when_called(inquiry)):
            return call
        local_deadline = None if unreached else promised_by(inquiry)
        if local_deadline is None or local_deadline < timezone.now():
            return _("%(centre)s has your request. Nobody has answered it yet.") % {"centre": centre}
        return _("%(centre)s has your request and will answer by %(time)s.") % {"centre": centre, "time": at(local_deadline)}
    if inquiry.state == Inquiry.State.OPEN:
        call = when_called(inquiry) if inquiry.first_response_at is None and not unreached else ""
        return f"{_('Someone at %(centre)s is looking after your request.') % {'centre': centre}} {call}".strip()
    if inquiry.state == Inquiry.State.WAITING:
        return _("%(centre)s has answered or tried to reach you, and is waiting to hear from you.") % {"centre": centre}
    return _("Your request is closed. You can write here at any time and it will be opened again.")


def promised_by(inquiry: Inquiry) -> dt.datetime | None:
    """Return the time by which the first answer is promised, in the centre's time zone; None if none is (any more).

    All pages for visitors take the promise from here, so that none promises what nobody will keep: nothing is promised for what is
    held or closed.
    """
    if inquiry.state == Inquiry.State.CLOSED or inquiry.first_response_at is not None:
        return None
    return response_times.at_centre(inquiry.centre, inquiry.answer_by)


CALLED = (Inquiry.ContactWay.PHONE, Inquiry.ContactWay.TEXT)


def when_called(inquiry: Inquiry, *, since: dt.datetime | None = None) -> str:
    """Return a sentence on when the person will be called or texted: in opening hours that are also safe times.

    `since` is when the contact preferences were last changed; None looks it up in the events (one query). The sentence is
    empty if the person chose another way of contact, the time has passed, or there is no deadline.
    """
    if inquiry.contact_way not in CALLED or promised_by(inquiry) is None:
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
