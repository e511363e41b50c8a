"""E-mail to members of staff."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.models import Inquiry, Notification
from intake.notifications import alarm_links, http_client, recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Audience, Kind
from intake.scheduling import safe_times


@register
class StaffEmail(Channel):
    code = "staff_email"
    label = _("one person")

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        people = recipients.recipients_for(inquiry, kind, now)
        if recipients.told_by_alarm(inquiry, kind):
            # Whoever is awake is told by the alarm already.
            people = [(user, moment) for user, moment in people if moment > now]
        return [Recipient(user=user, not_before=moment) for user, moment in people if user.email]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        user, inquiry = notification.recipient, notification.inquiry
        if user is None or not user.email:
            return  # the address was removed after the notification was written
        kind, zone = Kind(notification.kind), safe_times.zone(user.time_zone, inquiry.centre.time_zone)
        link = ""
        if kind.spec.audience is Audience.ALARM:
            link = alarm_links.issue(inquiry, user, now)
            if not link:
                return  # somebody has it meanwhile
        opens_case = user.memberships.filter(centre=inquiry.centre).exists() if link else True
        words = staff_text.subject_and_body(inquiry, kind, zone, link=link, opens_case=opens_case)
        if link:
            staff_text.send_urgent_mail(user.email, *words, notification=notification)
        else:
            staff_text.send_mail(user.email, *words, notification=notification.pk)
        if user.email_refused_at is not None:
            User.objects.filter(pk=user.pk, email=user.email).update(email_refused_at=None)

    def given_up(self, notification: Notification, why: str, now: dt.datetime) -> Kind | None:
        """Note that the person's address is refused, and tell the leads the first time."""
        user = notification.recipient
        if user is None or why == http_client.Why.TRIED:
            return None
        first = User.objects.filter(pk=user.pk, email=user.email, email_refused_at=None).update(email_refused_at=now)
        return Kind.ADDRESS_REFUSED if first else None
