"""What staff are told by e-mail: that something waits, until when, and where. Never who, and never what about."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from intake.models import Delivery, Inquiry


def recipients(delivery: Delivery) -> Iterable[User]:
    """Return the people to tell: active members of the inquiry's centre who want to be told and have an address.

    Somebody who stepped back from the case is not told of it.
    """
    if delivery.inquiry is None:
        return []
    return (
        User.objects.filter(is_active=True, is_staff=True, memberships__centre=delivery.inquiry.centre_id, memberships__notify=True)
        .exclude(email="")
        .exclude(recusals__inquiry=delivery.inquiry)
        .order_by("pk")
    )


def text(delivery: Delivery) -> tuple[str, str]:
    """Return (subject, body) of a delivery to its recipient. Nothing in it comes from what a visitor typed."""
    inquiry, person = delivery.inquiry, delivery.recipient
    if inquiry is None or person is None:
        raise ValueError("A notification tells one person of one inquiry.")
    with translation.override(settings.LANGUAGE_CODE):
        if delivery.kind == "visitor_wrote":
            subject = _("New message in %(reference)s") % {"reference": inquiry.reference}
            first = _("A message is waiting in %(reference)s.") % {"reference": inquiry.reference}
        else:
            subject = _("New inquiry, priority %(priority)s") % {"priority": inquiry.priority}
            first = _("A new inquiry is waiting: %(reference)s, priority %(priority)s.") % {
                "reference": inquiry.reference,
                "priority": inquiry.priority,
            }
        lines = [first, _answer_by(inquiry, person), _link(inquiry), _("Please do not answer this e-mail. Nobody reads the answers.")]
        return subject, "\n\n".join(line for line in lines if line) + "\n"


def _answer_by(inquiry: Inquiry, person: User) -> str:
    if inquiry.answer_by is None or inquiry.first_response_at is not None:
        return ""
    there = timezone.localtime(inquiry.answer_by, ZoneInfo(person.time_zone))
    return _("Answer by %(time)s.") % {"time": date_format(there, "D j M H:i") + f" {there:%Z}"}


def _link(inquiry: Inquiry) -> str:
    # Written out, for a worker on the visitors' server has no staff addresses to look up.
    return f"{settings.STAFF_URL}/admin/intake/inquiry/{inquiry.reference}/"


def send(delivery: Delivery) -> None:
    """Send a delivery by e-mail; the mail server's errors come through."""
    if delivery.recipient is None:
        raise ValueError("A notification is sent to one person.")
    subject, body = text(delivery)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [delivery.recipient.email], headers=headers).send()
