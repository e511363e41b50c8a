"""The one e-mail that a visitor may get, if they asked for it: that an answer waits. It says nothing else."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Delivery, Event, Inquiry, Message


def send(delivery: Delivery) -> None:
    """Tell the visitor, unless they no longer want it, it is no longer safe, or the last mail is not answered yet.

    The address is unsealed here, in the staff side's worker, and nowhere stored. Raises the mail server's and the keyring's
    errors; the outbox tries again.
    """
    inquiry = delivery.inquiry
    if inquiry is None or not inquiry.tell_of_answer or inquiry.no_longer_safe or inquiry.erased_at:
        return
    if told_already(inquiry, Event.Kind.VISITOR_TOLD):
        return
    case_key = case_keys.for_indexing(inquiry)
    address = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key).get("email", "")
    if not address:
        return
    subject, body = text(inquiry.language)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers).send()
    events.record(inquiry, Event.Kind.VISITOR_TOLD, by="system")


def told_already(inquiry: Inquiry, kind: Event.Kind) -> bool:
    """Tell whether a note of this `kind` (by mail, by text) went out that the visitor hasn't followed yet: one is enough."""
    last = inquiry.events.filter(kind__in=[kind, Event.Kind.MAILBOX_OPENED]).order_by("-id").first()
    if last is None or last.kind != kind:
        return False
    # Who had the mailbox open already reads without opening it anew.
    return not inquiry.messages.filter(sender=Message.Sender.STAFF, read_at__gte=last.at).exists()


def text(language: str) -> tuple[str, str]:
    """Return (subject, body) in `language`; they are the same for everybody."""
    with translation.override(language):
        lines = [
            _("A message is waiting for you."),
            _("Open it with your words:") + f"\n{_mailbox_address(language)}",
            _("You asked for this note. To stop these notes, open your mailbox there and switch them off."),
            _("Please do not answer this e-mail. Nobody reads the answers."),
        ]
        return _("A message is waiting"), "\n\n".join(lines) + "\n"


def _mailbox_address(language: str) -> str:
    # Written out, for the staff's server has no visitors' addresses to look up.
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{settings.SITE_URL}{prefix}/mailbox/"
