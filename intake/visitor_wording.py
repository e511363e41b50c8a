"""Words for states and errors, as a visitor reads them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.models import Inquiry
from intake.receipts import UnreadableReceipt


def status_for_visitor(inquiry: Inquiry) -> str:
    """Return where a request stands, in one sentence that names the centre and the promised time, and nobody."""
    centre = inquiry.centre.name
    if inquiry.state == Inquiry.State.NEW:
        if inquiry.answer_by is None or inquiry.answer_by < timezone.now():
            return _("%(centre)s has your request. Nobody has answered it yet.") % {"centre": centre}
        there = inquiry.answer_by.astimezone(ZoneInfo(inquiry.centre.time_zone))
        return _("%(centre)s has your request and will answer by %(time)s.") % {"centre": centre, "time": at(there)}
    if inquiry.state == Inquiry.State.OPEN:
        return _("Someone at %(centre)s is looking after your request.") % {"centre": centre}
    if inquiry.state == Inquiry.State.WAITING:
        return _("%(centre)s has answered or tried to reach you, and is waiting to hear from you.") % {"centre": centre}
    return _("Your request is closed. You can write here at any time and it will be opened again.")


def at(moment: datetime) -> str:
    """Return an aware moment as a day, a time and its time zone."""
    return f"{date_format(moment, 'l, j F, H:i')} ({moment:%Z})"


def unreadable_receipt(error: UnreadableReceipt) -> str:
    """Return what is wrong with typed words, and the mend."""
    if error.reason == "unknown":
        return _("We do not know these words: %(words)s. Compare them with your note.") % {"words": ", ".join(error.words)}
    if error.reason == "count":
        return _("A receipt has six English words or seven Spanish words. You wrote %(count)s.") % {"count": len(error.words)}
    return _("Write the words of your receipt.")
