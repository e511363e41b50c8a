"""The mail to staff, from the words in `kinds`: that something waits, until when, and where. Never who, and never what about."""

import logging
import re
import smtplib
from email.utils import parseaddr
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from intake.models import Inquiry, Notification
from intake.notifications import http_client
from intake.notifications.kinds import Audience, Kind
from recovery_site.doctor import mail
from recovery_site.staff import time_zones

logger = logging.getLogger(__name__)


def subject_and_body(inquiry: Inquiry, kind: Kind, zone: ZoneInfo, *, link: str = "", opens_case: bool = True) -> tuple[str, str]:
    """Return (subject, body) of an e-mail to staff, with times in `zone`. Nothing in it comes from what the visitor typed.

    `link` says "I have it" to an alarm. `opens_case` tells whether the reader may open the case: operators who work at no centre are
    rung in the end, and are told what they can do instead.
    Raises ValueError for a kind that is not for staff.
    """
    spec = kind.spec
    if not spec.subject:
        raise ValueError(f"{kind} is not for staff.")
    facts = {"reference": inquiry.reference, "priority": inquiry.priority}
    with translation.override(settings.LANGUAGE_CODE):
        lines = [
            str(spec.line) % facts,
            _answer_by(inquiry, zone) if spec.tells_deadline else "",
            "" if opens_case else _("Nobody at its centre has answered, and you can't open the case. Call somebody who works there."),
            _("Say that you have it, without signing in:") + "\n" + link if link else "",
            _link(inquiry, kind),
            _("Please do not answer this e-mail. Nobody reads the answers."),
        ]
        return str(spec.subject) % facts, "\n\n".join(line for line in lines if line) + "\n"


def send_mail(address: str, subject: str, body: str, *, notification: UUID) -> None:
    """Send an e-mail that nobody should answer. A report that it could not be delivered quotes the id of its notification.

    Raises http_client.Undeliverable when the mail server refuses the address for good; its other errors come through.
    """
    _send(_message(address, subject, body, notification))


def send_urgent_mail(address: str, subject: str, body: str, *, notification: Notification) -> None:
    """As send_mail, and by EMAIL_URL_2 where the first mail server doesn't take it: somebody may be in danger."""
    message = _message(address, subject, body, notification.pk)
    try:
        _send(message)
    except Exception as error:  # whatever the first server does
        if not settings.SECOND_EMAIL:
            raise
        message.connection = mail.ways()["EMAIL_URL_2"]
        try:
            message.send()
        except Exception:  # then the first one's error decides about the next try
            raise error from None
        notification.left_by_second_server = True
        _say_once(type(error).__name__)
    else:
        _said.clear()


# Why mails went by the second server since the first took one, as far as this process knows.
_said: set[str] = set()


def _say_once(reason: str) -> None:
    if reason not in _said:
        logger.error("EMAIL_URL takes no mails (%s): those of danger leave by EMAIL_URL_2. `manage.py doctor` says more.", reason)
    _said.add(reason)


def _message(address: str, subject: str, body: str, notification: UUID) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(notification)}
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, answer)] = refused.recipients.values()
        why = _refused_for_good(code, answer)
        if not why:
            raise
        raise http_client.Undeliverable(why) from None  # its text has the address
    except smtplib.SMTPDataError as refused:
        why = _refused_for_good(refused.smtp_code, refused.smtp_error)
        if not why:
            raise
        raise http_client.Undeliverable(why) from None


def message_id(notification: UUID) -> str:
    """Return the Message-ID of the mail that a notification is. bounces.py reads it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notification.{notification.hex}@{domain}>"


def _refused_for_good(code: int, answer: bytes | str) -> http_client.Why | None:
    """Return why a mail server's answer (RFC 5321, with the enhanced code of RFC 3463) means that no later try helps; else None.

    x.3, x.4 and x.7 are about the servers: theirs, the network, our right to send. An operator can mend those.
    """
    if not 500 <= code <= 599:
        return None
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    enhanced = re.match(r"\s*5\.(\d{1,3})\.(\d{1,3})\b", text)
    subject, detail = (int(part) for part in enhanced.groups()) if enhanced else (1 if code in (550, 551, 553) else 0, 0)
    if subject in (3, 4, 7):
        return None
    if subject == 1:
        return http_client.Why.NO_ADDRESS
    return http_client.Why.FULL if (subject, detail) == (2, 2) or code == 552 else http_client.Why.REFUSED


def case_link(inquiry: Inquiry) -> str:
    """Return the address of the case for staff."""
    # Not reversed: a worker on the visitors' server has no staff addresses.
    return f"{settings.STAFF_URL}/admin/intake/inquiry/{inquiry.reference}/"


def _link(inquiry: Inquiry, kind: Kind) -> str:
    page = "/admin/intake/inquiry/offers/" if kind.spec.audience is Audience.OTHER_CENTRE else kind.spec.page
    return f"{settings.STAFF_URL}{page}" if page else case_link(inquiry)


def _answer_by(inquiry: Inquiry, zone: ZoneInfo) -> str:
    if inquiry.answer_by is None or inquiry.first_response_at is not None:
        return ""
    return _("Answer by %(time)s.") % {"time": time_zones.moment_in_words(inquiry.answer_by, zone)}
