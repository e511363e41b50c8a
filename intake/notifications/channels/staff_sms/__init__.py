"""Text messages to members of staff when someone may be in danger: for nothing else may a phone ring at night."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.models import Inquiry, Notification
from intake.notifications import alarm_links, http_client, recipients, sms_gateway
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Audience, Kind
from recovery_site import phones


@register
class StaffSms(Channel):
    code = "staff_sms"
    label = gettext_lazy("one person, by text message")
    # The password of the gateway is on the staff's servers only, like the keys.
    needs_case_key = True

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        if kind.spec.audience is not Audience.ALARM or not sms_gateway.is_set_up():
            return []
        return [Recipient(user=user) for user, _moment in recipients.recipients_for(inquiry, kind, now) if user.phone]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Send it, with a link that says "I have it". Raises the errors of sms_gateway; an unreadable number is Undeliverable."""
        user = notification.recipient
        if user is None or not user.phone:
            return  # the number was removed after the notification was written
        link = alarm_links.issue(notification.inquiry, user, now)
        if not link:
            return  # somebody has it meanwhile
        try:
            number = phones.normalise(user.phone)
        except phones.NotAPhoneNumber:
            raise http_client.Undeliverable from None
        sms_gateway.send(number, text(notification.inquiry.reference, link))


def text(reference: str, link: str) -> str:
    """Return the message: the reference and the link, and nothing else."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Someone may be in danger: %(reference)s. I have it: %(link)s") % {"reference": reference, "link": link}
