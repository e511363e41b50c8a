"""The mail to staff, from the words in `kinds`: that something waits, until when, and where. Never who, and never what about."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from intake.models import Inquiry
from intake.notifications.kinds import Audience, Kind


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
            _offers_link() if spec.audience is Audience.OTHER_CENTRE else case_link(inquiry),
            _("Please do not answer this e-mail. Nobody reads the answers."),
        ]
        return str(spec.subject) % facts, "\n\n".join(line for line in lines if line) + "\n"


def send_mail(address: str, subject: str, body: str) -> None:
    """Send an e-mail that nobody should answer; the mail server's errors come through."""
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers={"Auto-Submitted": "auto-generated"}).send()


def case_link(inquiry: Inquiry) -> str:
    """Return the address of the case for staff."""
    # Not reversed: a worker on the visitors' server has no staff addresses.
    return f"{settings.STAFF_URL}/admin/intake/inquiry/{inquiry.reference}/"


def _offers_link() -> str:
    return f"{settings.STAFF_URL}/admin/intake/inquiry/offers/"


def _answer_by(inquiry: Inquiry, zone: ZoneInfo) -> str:
    if inquiry.answer_by is None or inquiry.first_response_at is not None:
        return ""
    deadline = timezone.localtime(inquiry.answer_by, zone)
    return _("Answer by %(time)s.") % {"time": date_format(deadline, "D j M H:i") + f" {deadline:%Z}"}
