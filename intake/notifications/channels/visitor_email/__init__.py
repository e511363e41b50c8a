"""The one e-mail that a visitor may get, if they asked for it: that an answer waits. It says nothing else."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.cases import case_keys, events
from intake.crypto import sealing
from intake.models import Event, Inquiry, Notification
from intake.notifications import staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Audience, Kind
from intake.notifications.visitor_notices import already_notified, fresh_inquiry, not_told


@register
class VisitorEmail(Channel):
    code = "visitor_email"
    label = gettext_lazy("the visitor")
    needs_case_key = True

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        return [Recipient()] if kind.spec.audience is Audience.VISITOR and inquiry.tell_of_answer else []

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Send it, unless the visitor no longer wants it, it is no longer safe, or they haven't followed the last one yet.

        The address is unsealed here, in the staff side's worker, and stored nowhere. Raises the mail server's and the
        keyring's errors.
        """
        inquiry = fresh_inquiry(notification)
        if not inquiry.tell_of_answer or inquiry.no_longer_safe or inquiry.erased_at:
            return
        if already_notified(inquiry, Event.Kind.VISITOR_TOLD):
            return
        case_key = case_keys.for_indexing(inquiry)
        address = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key).get("email", "")
        if not address:
            return
        staff_text.send_mail(address, *text(inquiry.language), notification=notification.pk)
        events.record(inquiry, Event.Kind.VISITOR_TOLD, by="system")

    def given_up(self, notification: Notification, why: str, now: dt.datetime) -> None:
        """Say it at the case."""
        not_told(notification, "email", why, now)


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
    # Not reversed: the staff's server has no visitors' addresses.
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{settings.SITE_URL}{prefix}/mailbox/"
