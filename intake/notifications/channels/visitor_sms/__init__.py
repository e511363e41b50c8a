"""The text message that a visitor may get, if they asked for it: that an answer waits. It says nothing else."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Consent, Event, Inquiry, Message, Notification
from intake.notifications import http_client, sms_gateway
from intake.notifications.channels import Channel, NotYet, Recipient, register
from intake.notifications.kinds import Audience, Kind
from intake.notifications.visitor_notices import already_notified, fresh_inquiry, not_told
from intake.scheduling import safe_times

# On the visitor's own clock. Automated texts are not welcome at other hours, and a phone that lights up at night is seen.
EARLIEST, LATEST = dt.time(8), dt.time(21)
# A text may take this long to arrive, and must still arrive inside the window.
TRANSIT_TIME = dt.timedelta(minutes=10)


@register
class VisitorSms(Channel):
    code = "visitor_sms"
    label = gettext_lazy("the visitor, by text message")
    needs_case_key = True

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        return [Recipient()] if kind.spec.audience is Audience.VISITOR and inquiry.tell_by_text else []

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Send it, unless the visitor no longer wants it, it is no longer safe, they have read it, or the last text is not followed yet.

        The number is unsealed here, in the staff side's worker, and stored nowhere. Raises NotYet at hours at which no text
        may come, and the errors of sms_gateway and the keyring. A text whose fate is unknown is sent once more, then counts
        as sent.
        """
        inquiry = fresh_inquiry(notification)
        if not _is_wanted(inquiry):
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
            # It may have arrived. A second text is better than none; a phone that lights up all day is seen.
            if notification.last_error != http_client.Unanswered.__name__:
                raise
        events.record(inquiry, Event.Kind.VISITOR_TEXTED, by="system")

    def given_up(self, notification: Notification, why: str, now: dt.datetime) -> None:
        """Say it at the case."""
        not_told(notification, "text", why, now)

    def checks(self) -> list[CheckMessage]:
        """A gateway that is set up in part would go unnoticed: texts are not offered then, and none goes out."""
        if not any((settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_USER, settings.TEXT_FROM, settings.TEXT_GATEWAY_PASSWORD)):
            return []
        if missing := sms_gateway.missing():
            return [
                Error(
                    f"The gateway of text messages is set up in part: {', '.join(missing)} is missing.",
                    hint="Set what is missing, or take all of TEXT_GATEWAY_URL, TEXT_GATEWAY_USER, TEXT_GATEWAY_PASSWORD and TEXT_FROM "
                    "away. The password may also be the file text_gateway_password in the secrets folder.",
                    id="intake.E004",
                )
            ]
        if not sms_gateway.is_private(settings.TEXT_GATEWAY_URL):
            return [
                Error(
                    "TEXT_GATEWAY_URL does not begin with https://, so others could read the numbers on the way.",
                    hint="Use the gateway's https address. Plain http is taken for this machine itself only.",
                    id="intake.E005",
                )
            ]
        return []


def _is_wanted(inquiry: Inquiry) -> bool:
    return (
        inquiry.tell_by_text
        and not inquiry.no_longer_safe
        and inquiry.erased_at is None
        and inquiry.consents.filter(purpose=Consent.Purpose.AUTOMATED_TEXT, withdrawn_at=None).exists()
        # The text may have waited for the morning, and the visitor may have read the answer since.
        and inquiry.messages.filter(sender=Message.Sender.STAFF, read_at=None).exists()
        and not already_notified(inquiry, Event.Kind.VISITOR_TEXTED)
    )


def next_time(inquiry: Inquiry, now: dt.datetime) -> dt.datetime | None:
    """Return the first moment from `now` (aware) on at which a text may come: by day, inside what the person called safe.

    None when the two never meet, or contact is no longer safe.
    """
    if inquiry.no_longer_safe:
        return None
    zone = safe_times.their_zone(inquiry)
    given = safe_times.windows(inquiry)
    for ahead in range(8):
        day = now.astimezone(zone).date() + dt.timedelta(days=ahead)
        periods = [(window.start, window.end) for window in given if window.weekday == day.weekday()] if given else [(EARLIEST, LATEST)]
        for start, end in periods:
            first = dt.datetime.combine(day, max(start, EARLIEST), zone)
            last = dt.datetime.combine(day, min(end, LATEST), zone) - TRANSIT_TIME
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
