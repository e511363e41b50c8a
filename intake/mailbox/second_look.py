"""A second look at what visitors write, by the meaning of the sentences (danger.stage_two). It only raises priority.

It takes about a second and the case key, so the worker on the staff's side does it after the form is sent. Its queue is the outbox.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from danger import stage_two
from danger.assess import assess
from intake.assessment import priority
from intake.cases import case_keys
from intake.crypto import sealing
from intake.mailbox import danger_escalation
from intake.models import Inquiry, Message, Notification
from intake.notifications import outbox
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Kind


def request(inquiry: Inquiry, message: Message | None = None) -> None:
    """Queue a second look at `message`, or at the inquiry itself. Call it inside the transaction that stores the text.

    Does nothing on a staff server without the optional package. A public server can't know what the staff's has.
    """
    if _is_available():
        kind = Kind.VISITOR_WROTE if message else Kind.NEW_INQUIRY
        outbox.enqueue(kind, inquiry=inquiry, channel=SecondLook.code, key=message.pk if message else None)


def request_for_notes(inquiry: Inquiry) -> None:
    """Queue a second look at notes on contact that were changed, and at nothing else: what was judged before is not looked at again."""
    if _is_available():
        outbox.enqueue(Kind.CONTACT_CHANGED, inquiry=inquiry, channel=SecondLook.code)


def _is_available() -> bool:
    return stage_two.is_installed() or not settings.SERVES_STAFF


@register
class SecondLook(Channel):
    """Notifies nobody: rows of this channel are written by `request`, and the row for a message has the message's id."""

    code = "second_look"
    label = gettext_lazy("second look for danger")
    needs_case_key = True
    order = 2

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        return []

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Escalate the case if its text is more dangerous than the first look found. Raises the keyring's errors.

        The text is unsealed here and stored nowhere. Assessing it takes up to stage_two.LONGEST_WAIT, so no row is locked meanwhile.
        """
        inquiry = Inquiry.objects.get(pk=notification.inquiry_id)
        if inquiry.erased_at or not stage_two.is_installed():
            return
        only_notes = notification.kind == Kind.CONTACT_CHANGED.value
        text, language = _text(inquiry, Message.objects.filter(pk=notification.pk).first(), only_notes=only_notes)
        found = stage_two.raised(text, assess(text, language).level, language)
        if found is None:
            return
        with transaction.atomic():
            locked = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
            if locked.erased_at:
                return
            closed_as_spam = locked.outcome == Inquiry.Outcome.SPAM and not locked.is_held
            danger_escalation.escalate_if_dangerous(locked, priority.of(found), found.codes)
            if closed_as_spam and priority.of(found) == Inquiry.Priority.URGENT:
                # A blocked contact. Danger came back with its alarm, but nobody has heard yet of what is only urgent.
                danger_escalation.give_back_to_staff(locked)
                outbox.enqueue(Kind.NEW_INQUIRY, inquiry=locked)


def _text(inquiry: Inquiry, message: Message | None, *, only_notes: bool) -> tuple[str, str | None]:
    """Return what the visitor wrote, and its language (None for a message: it may be written in any)."""
    case_key = case_keys.for_second_look(inquiry)
    if message is not None:
        return sealing.open_sealed("message", message.pk, message.sealed, case_key).get("text", ""), None
    payload = sealing.open_sealed("inquiry", inquiry.pk, inquiry.sealed, case_key)
    notes = "\n".join(filter(None, (payload.get("other_notes", ""), payload.get("phone_note", ""))))
    return notes if only_notes else f"{payload.get('message', '')}\n{notes}", inquiry.language
