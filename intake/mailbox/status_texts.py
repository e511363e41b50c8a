"""Status and error texts for visitors."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.crypto.receipts import UnreadableReceipt
from intake.models import Event, Inquiry
from intake.scheduling import safe_times


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
    until = _("%(day_and_time)s") % {"day_and_time": clock_words(end)} if end.date() != start.date() else _time_alone(end)
    facts = {"centre": inquiry.centre.name, "start": clock_words(start), "end": f"{until} ({end:%Z})"}
    return (by_phone if inquiry.contact_way == Inquiry.ContactWay.PHONE else by_text) % facts


def at(moment: dt.datetime) -> str:
    """Format an aware datetime in its own time zone: weekday, date, time and the name of the time zone."""
    return f"{clock_words(moment)} ({moment:%Z})"


# Django's `date` filter would convert aware datetimes to the current time zone.
def clock_words(local: dt.datetime) -> str:
    """Format `local` in its own time zone and the active language: weekday, date and time."""
    facts = {"weekday": date_format(local, "l"), "day": date_format(local, "MONTH_DAY_FORMAT"), "time": date_format(local, "TIME_FORMAT")}
    # The number is the hour as it is read: Spanish says "a la 1:00" and "a las 2:00".
    return ngettext("%(weekday)s, %(day)s, %(time)s", "%(weekday)s, %(day)s, %(time)s", _hour_read(local)) % facts


def _time_alone(local: dt.datetime) -> str:
    return ngettext("%(time)s", "%(time)s", _hour_read(local)) % {"time": date_format(local, "TIME_FORMAT")}


def _hour_read(local: dt.datetime) -> int:
    """Return the hour that the active language's clock shows: of twelve hours if its format has "a"."""
    return local.hour % 12 or 12 if "a" in get_format("TIME_FORMAT") else local.hour


def unreadable_receipt(error: UnreadableReceipt) -> str:
    """Return an error message for an unreadable receipt."""
    if error.reason == "unknown":
        return _("We do not know these words: %(words)s. Compare them with your note.") % {"words": ", ".join(error.words)}
    if error.reason == "count":
        return _("A receipt has six English words or seven Spanish words. You wrote %(count)s.") % {"count": len(error.words)}
    return _("Write the words of your receipt.")
