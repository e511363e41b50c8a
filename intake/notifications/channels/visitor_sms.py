"""The text message that a visitor may get, if they asked for it: that an answer waits. It says nothing else."""

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _

from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Consent, Delivery, Event, Inquiry, Message
from intake.notifications import http_client
from intake.notifications.channels import sms_gateway
from intake.notifications.channels.visitor_email import told_already
from intake.scheduling import safe_times

# On the person's own clock. Texts of machines are not welcome at other hours, and a phone that lights up at night is seen.
EARLIEST, LATEST = dt.time(8), dt.time(21)
# A text may take so long to arrive: it must still arrive in time.
ON_ITS_WAY = dt.timedelta(minutes=10)


class NotYet(Exception):
    """This person may not be texted now; `until` is the first moment at which they may."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__()
        self.until = until


def send(delivery: Delivery, now: dt.datetime) -> None:
    """Text the visitor, unless they no longer want it, it is no longer safe, they have read it, or the last text is not answered yet.

    The number is unsealed here, in the staff side's worker, and nowhere stored. Raises NotYet at hours at which no text may
    come, and the errors of text_gateway and the keyring. One that nothing was heard of is sent once more, then taken as sent.
    """
    inquiry = delivery.inquiry
    if inquiry is None or not _is_wanted(inquiry):
        return
    when = next_time(inquiry, now)
    if when is None:
        return
    if when > now:
        raise NotYet(when)
    case_key = case_keys.for_indexing(inquiry)
    number = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key).get("phone", "")
    if not number:
        return
    try:
        sms_gateway.send(number, text(inquiry.language))
    except http_client.Unanswered:
        # It may have come. Once more is little against never; a phone that lights up all day is seen.
        if delivery.last_error != http_client.Unanswered.__name__:
            raise
    events.record(inquiry, Event.Kind.VISITOR_TEXTED, by="system")


def _is_wanted(inquiry: Inquiry) -> bool:
    return (
        inquiry.tell_by_text
        and not inquiry.no_longer_safe
        and inquiry.erased_at is None
        and inquiry.consents.filter(purpose=Consent.Purpose.AUTOMATED_TEXT, withdrawn_at=None).exists()
        # It may have waited for the morning, and they may have looked since.
        and inquiry.messages.filter(sender=Message.Sender.STAFF, read_at=None).exists()
        and not told_already(inquiry, Event.Kind.VISITOR_TEXTED)
    )


def next_time(inquiry: Inquiry, now: dt.datetime) -> dt.datetime | None:
    """Return the first moment from `now` (aware) on at which a text may come: by day, inside what the person called safe.

    None when the two never meet, or contact is no longer safe.
    """
    if inquiry.no_longer_safe:
        return None
    there = safe_times.their_zone(inquiry)
    given = safe_times.windows(inquiry)
    for ahead in range(8):
        day = now.astimezone(there).date() + dt.timedelta(days=ahead)
        stretches = [(window.start, window.end) for window in given if window.weekday == day.weekday()] if given else [(EARLIEST, LATEST)]
        for start, end in stretches:
            first = dt.datetime.combine(day, max(start, EARLIEST), there)
            last = dt.datetime.combine(day, min(end, LATEST), there) - ON_ITS_WAY
            if first <= last and now <= last:
                return max(first, now)
    return None


def text(language: str) -> str:
    """Return the message in `language`; it is the same for everybody.

    It fits into one text, and names no address: a host can tell on the person, and a link in a text is what nobody should press.
    """
    with translation.override(language):
        return _(
            "A message is waiting for you. Open it with your words. To stop these notes, answer STOP, or switch them off where you read it."
        )
