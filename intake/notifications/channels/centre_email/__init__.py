"""E-mail to the address that the members of a centre share."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from intake.models import Centre, Inquiry, Notification
from intake.notifications import http_client, recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Audience, Kind

ONCE_IN = dt.timedelta(days=1)  # how often the leads are told that the shared address is refused


@register
class CentreEmail(Channel):
    code = "centre_email"
    label = _("the centre's shared address")

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        centre = _centre(inquiry, kind)
        if kind.spec.audience is Audience.VISITOR or centre is None or not centre.notify_address:
            return []
        if recipients.told_by_alarm(inquiry, kind):
            return []
        return [Recipient()]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        centre = _centre(notification.inquiry, Kind(notification.kind))
        if centre is None or not centre.notify_address:
            return  # the address was removed, or the offer answered, after the notification was written
        kind = Kind(notification.kind)
        subject, body = staff_text.subject_and_body(notification.inquiry, kind, ZoneInfo(centre.time_zone))
        if kind.spec.audience is Audience.ALARM:
            staff_text.send_urgent_mail(centre.notify_address, subject, body, notification=notification)
        else:
            staff_text.send_mail(centre.notify_address, subject, body, notification=notification.pk)

    def given_up(self, notification: Notification, why: str, now: dt.datetime) -> Kind | None:
        """Tell the leads that the shared address is refused, once a day."""
        if why == http_client.Why.TRIED or notification.kind == Kind.ADDRESS_REFUSED.value:
            return None
        told = Notification.objects.filter(kind=Kind.ADDRESS_REFUSED.value, inquiry__centre=notification.inquiry.centre_id)
        return None if told.filter(next_attempt_at__gte=now - ONCE_IN).exists() else Kind.ADDRESS_REFUSED


def _centre(inquiry: Inquiry, kind: Kind) -> Centre | None:
    """Return the centre whose address is told: that of the case, or the one that it is offered to."""
    return recipients.offered_to(inquiry) if kind.spec.audience is Audience.OTHER_CENTRE else inquiry.centre
