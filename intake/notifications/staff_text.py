"""The mail to staff, from the words in `kinds`: that something waits, until when, and where. Never who, and never what about."""

import re
import smtplib
from email.utils import parseaddr
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from intake.models import Inquiry
from intake.notifications import http_client
from intake.notifications.kinds import Audience, Kind
from recovery_site.staff import time_zones


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
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id(notification)}
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
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
