"""E-mail to members of staff."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from intake.models import Inquiry, Notification
from intake.notifications import recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Kind
from intake.scheduling import safe_times


@register
class StaffEmail(Channel):
    code = "staff_email"
    label = _("one person")

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        return [Recipient(user=user, not_before=moment) for user, moment in recipients.recipients_for(inquiry, kind, now)]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        user, inquiry = notification.recipient, notification.inquiry
        if user is None or not user.email:
            return  # the address was removed after the notification was written
        zone = safe_times.zone(user.time_zone, inquiry.centre.time_zone)
        staff_text.send_mail(user.email, *staff_text.subject_and_body(inquiry, Kind(notification.kind), zone))
