"""E-mail to the address that the members of a centre share."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from intake.models import Inquiry, Notification
from intake.notifications import recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Audience, Kind


@register
class CentreEmail(Channel):
    code = "centre_email"
    label = _("the centre's shared address")

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        if kind.spec.audience is Audience.VISITOR or not inquiry.centre.notify_address:
            return []
        if recipients.told_by_alarm(inquiry, kind):
            return []
        return [Recipient()]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        centre = notification.inquiry.centre
        if not centre.notify_address:
            return  # the address was removed after the notification was written
        subject, body = staff_text.subject_and_body(notification.inquiry, Kind(notification.kind), ZoneInfo(centre.time_zone))
        staff_text.send_mail(centre.notify_address, subject, body)
