"""Status and error texts for visitors."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.crypto.receipts import UnreadableReceipt
from intake.models import Centre, Event, Inquiry
from intake.notifications import alarms, recipients
from intake.scheduling import response_times, safe_times
from recovery_site import phones

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
    start, end = between
    calls = inquiry.contact_way == Inquiry.ContactWay.PHONE
    if start.date() == end.date():
        by_phone = _("Someone at %(centre)s will call you on %(day)s, between %(start)s and %(end)s.")
        by_text = _("Someone at %(centre)s will send you a text message on %(day)s, between %(start)s and %(end)s.")
        from_when, until = _time_alone(start), _time_alone(end)
    else:
        by_phone = _("Someone at %(centre)s will call you between %(start)s and %(end)s.")
        by_text = _("Someone at %(centre)s will send you a text message between %(start)s and %(end)s.")
        from_when, until = clock_words(start), _("%(day_and_time)s") % {"day_and_time": clock_words(end)}
    facts = {"centre": inquiry.centre.name, "day": _day(start), "start": from_when, "end": f"{until} ({end:%Z})"}
    return (by_phone if calls else by_text) % facts


def at(moment: dt.datetime) -> str:
    """Format an aware datetime in its own time zone: weekday, date, time and the name of the time zone."""
    return f"{clock_words(moment)} ({moment:%Z})"


# Django's `date` filter would convert aware datetimes to the current time zone.
def clock_words(local: dt.datetime) -> str:
    """Format `local` in its own time zone and the active language: weekday, date and time."""
    facts = {"weekday": date_format(local, "l"), "day": date_format(local, "MONTH_DAY_FORMAT"), "time": date_format(local, "TIME_FORMAT")}
    # The number is the hour as it is read: Spanish says "a la 1:00" and "a las 2:00".
    return ngettext("%(weekday)s, %(day)s, %(time)s", "%(weekday)s, %(day)s, %(time)s", _hour_read(local)) % facts


def _day(local: dt.datetime) -> str:
    return _("%(weekday)s, %(day)s") % {"weekday": date_format(local, "l"), "day": date_format(local, "MONTH_DAY_FORMAT")}


def _time_alone(local: dt.datetime) -> str:
    return ngettext("%(time)s", "%(time)s", _hour_read(local)) % {"time": date_format(local, "TIME_FORMAT")}


def _hour_read(local: dt.datetime) -> int:
    """Return the hour that the active language's clock shows: of twelve hours if its format has "a"."""
    return local.hour % 12 or 12 if "a" in get_format("TIME_FORMAT") else local.hour


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


def reached(inquiry: Inquiry, payload: dict[str, Any]) -> str:
    """Return how the person is reached, with so much of the number or address that they know it again and others don't."""
    number, email = str(payload.get("phone", "")), str(payload.get("email", ""))
    ways = {
        Inquiry.ContactWay.PHONE: _("We call the number that ends in %(end)s.") % {"end": number[-4:]},
        Inquiry.ContactWay.TEXT: _("We text the number that ends in %(end)s.") % {"end": number[-4:]},
        Inquiry.ContactWay.EMAIL: _("We write to %(address)s.") % {"address": f"{email[:1]}…@{email.rpartition('@')[2]}"},
        Inquiry.ContactWay.MAILBOX: _("We answer only here. Nobody calls, texts or e-mails you."),
    }
    return ways[Inquiry.ContactWay(inquiry.contact_way)]


def saved(inquiry: Inquiry, payload: dict[str, Any], what: str) -> str:
    """Return what was just saved: `what` is "contact" for how to be reached, "notes" for the end of the notes that an answer waits."""
    if what == "notes":
        return _("Saved. We send no more notes that an answer waits.")
    if what != "contact":
        return ""
    number = phones.spoken(str(payload.get("phone", "")))
    number = f"{number} ({payload['phone_note']})" if payload.get("phone_note") else number
    ways = {
        Inquiry.ContactWay.PHONE: _("Saved. We will call %(number)s.") % {"number": number},
        Inquiry.ContactWay.TEXT: _("Saved. We will text %(number)s.") % {"number": number},
        Inquiry.ContactWay.EMAIL: _("Saved. We will write to %(address)s.") % {"address": payload.get("email", "")},
        Inquiry.ContactWay.MAILBOX: _("Saved. Nobody will call, text or e-mail you. We answer here."),
    }
    return ways[Inquiry.ContactWay(inquiry.contact_way)]
