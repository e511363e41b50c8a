"""What staff are told by e-mail: that something waits, until when, and where. Never who, and never what about."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.models import Delivery, Inquiry
from intake.scheduling import safe_times

# The subject and the first sentence of each kind.
WORDS = {
    "new_inquiry": (
        gettext_lazy("New inquiry, priority %(priority)s"),
        gettext_lazy("A new inquiry is waiting: %(reference)s, priority %(priority)s."),
    ),
    "visitor_wrote": (gettext_lazy("New message in %(reference)s"), gettext_lazy("A message is waiting in %(reference)s.")),
    "danger": (
        gettext_lazy("Someone may be in danger: %(reference)s"),
        gettext_lazy("New words in %(reference)s say that someone may be in danger. Please look at the case now."),
    ),
    "contact_changed": (
        gettext_lazy("Changed: %(reference)s"),
        gettext_lazy("How %(reference)s may be contacted has changed. Look at the case before you contact anyone."),
    ),
    "withdrawn": (
        gettext_lazy("Withdrawn: %(reference)s"),
        gettext_lazy("%(reference)s was withdrawn. Please contact nobody about it."),
    ),
    "unclaimed": (
        gettext_lazy("Nobody has taken %(reference)s, priority %(priority)s"),
        gettext_lazy("%(reference)s, priority %(priority)s, is still waiting: nobody has taken it."),
    ),
    # To people of another centre: not even the reference is told before it is accepted.
    "offered": (
        gettext_lazy("A case is offered to your centre, priority %(priority)s"),
        gettext_lazy("Another centre offers you a case of priority %(priority)s, with the person’s consent. Accept or decline it there:"),
    ),
    "offer_ended": (
        gettext_lazy("Back with you: %(reference)s"),
        gettext_lazy("The offer of %(reference)s to somebody else has ended. The case waits for you."),
    ),
}


def text(delivery: Delivery) -> tuple[str, str]:
    """Return (subject, body) of a delivery to a member of staff or a centre. Nothing in it comes from what was typed."""
    inquiry = delivery.inquiry
    if inquiry is None:
        raise ValueError("A notification tells of an inquiry.")
    zone = safe_times.zone(delivery.recipient.time_zone if delivery.recipient else "", inquiry.centre.time_zone)
    with translation.override(settings.LANGUAGE_CODE):
        subject, first = _words(delivery.kind, inquiry)
        lines = [first, _answer_by(delivery.kind, inquiry, zone), _offers() if delivery.kind == "offered" else link(inquiry)]
        lines.append(_("Please do not answer this e-mail. Nobody reads the answers."))
        return subject, "\n\n".join(line for line in lines if line) + "\n"


def _words(kind: str, inquiry: Inquiry) -> tuple[str, str]:
    facts = {"reference": inquiry.reference, "priority": inquiry.priority}
    subject, sentence = WORDS[kind if kind in WORDS else "new_inquiry"]
    return str(subject) % facts, str(sentence) % facts


def _answer_by(kind: str, inquiry: Inquiry, zone: ZoneInfo) -> str:
    if kind not in ("new_inquiry", "unclaimed") or inquiry.answer_by is None or inquiry.first_response_at is not None:
        return ""
    there = timezone.localtime(inquiry.answer_by, zone)
    return _("Answer by %(time)s.") % {"time": date_format(there, "D j M H:i") + f" {there:%Z}"}


def link(inquiry: Inquiry) -> str:
    """Return the address of the case for staff."""
    # Written out, for a worker on the visitors' server has no staff addresses to look up.
    return f"{settings.STAFF_URL}/admin/intake/inquiry/{inquiry.reference}/"


def _offers() -> str:
    return f"{settings.STAFF_URL}/admin/intake/inquiry/offers/"


def send(delivery: Delivery) -> None:
    """Send a delivery by e-mail; the mail server's errors come through."""
    to = delivery.recipient.email if delivery.recipient else ""
    if delivery.channel == Delivery.Channel.CENTRE and delivery.inquiry is not None:
        to = delivery.inquiry.centre.notify_address
    if not to:
        return  # the address was taken away since: there is nobody to tell
    subject, body = text(delivery)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers).send()
