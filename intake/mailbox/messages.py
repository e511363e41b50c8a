"""What the visitor writes after the first form."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from intake.assessment import priority
from intake.cases import events
from intake.crypto import sealing
from intake.identifiers import new_id
from intake.mailbox import danger_escalation
from intake.models import Event, Inquiry, Message
from intake.notifications import outbox


def add_visitor_message(inquiry: Inquiry, payload: dict[str, Any], case_key: bytes, *, message_id: UUID | None = None) -> Message:
    """Store what the visitor wrote (`payload["text"]`) and tell the staff; call it inside a transaction."""
    message_id = message_id or new_id()
    message = Message(
        id=message_id,
        inquiry=inquiry,
        sender=Message.Sender.VISITOR,
        sent_at=timezone.now(),
        sealed=sealing.seal("message", message_id, payload, case_key),
    )
    message.save(force_insert=True)
    # Until somebody has opened the case, one notification is enough.
    is_first = Inquiry.objects.filter(pk=inquiry.pk, has_unread_message=False).update(has_unread_message=True)
    # A new version: an answer that staff began before these words came must not be sent without reading them.
    Inquiry.objects.filter(pk=inquiry.pk).update(version=F("version") + 1)
    events.record(inquiry, Event.Kind.VISITOR_WROTE, by="visitor", message=str(message_id))
    danger_escalation.give_back_to_staff(inquiry)
    danger_escalation.heed(inquiry, *priority.of_text(payload.get("text", "")))
    if is_first:
        outbox.enqueue("visitor_wrote", inquiry=inquiry)
    return message
