"""Messages that visitors write after the contact form."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from intake.assessment import priority
from intake.cases import events
from intake.crypto import sealing
from intake.identifiers import new_id
from intake.mailbox import danger_escalation, second_look
from intake.models import Event, Inquiry, Message
from intake.notifications import outbox
from intake.notifications.kinds import Kind


def add_visitor_message(inquiry: Inquiry, payload: dict[str, Any], case_key: bytes, *, message_id: UUID | None = None) -> Message:
    """Store a visitor's message, reopen the case, escalate it if the text mentions danger, and notify staff.

    `payload` holds "text" and is sealed. Must be called inside a transaction.
    """
    message_id = message_id or new_id()
    message = Message(
        id=message_id,
        inquiry=inquiry,
        sender=Message.Sender.VISITOR,
        sent_at=timezone.now(),
        sealed=sealing.seal("message", message_id, payload, case_key),
    )
    message.save(force_insert=True)
    # Notify only once until somebody opens the case.
    is_first = Inquiry.objects.filter(pk=inquiry.pk, has_unread_message=False).update(has_unread_message=True)
    # A new version, so that a reply begun before this message arrived can't be sent without reading it.
    Inquiry.objects.filter(pk=inquiry.pk).update(version=F("version") + 1)
    events.record(inquiry, Event.Kind.VISITOR_WROTE, by="visitor", message=str(message_id))
    danger_escalation.give_back_to_staff(inquiry)
    danger_escalation.escalate_if_dangerous(inquiry, *priority.of_text(payload.get("text", "")))
    if is_first:
        outbox.enqueue(Kind.VISITOR_WROTE, inquiry=inquiry)
    second_look.request(inquiry, message)
    return message
