"""What the channels to visitors share: one notice is enough until the visitor has looked."""

import datetime as dt

from intake.cases import events
from intake.models import Event, Inquiry, Message, Notification


def fresh_inquiry(notification: Notification) -> Inquiry:
    """Return the inquiry as it is now, with its sealed column: the visitor may have changed their mind a second ago."""
    return Inquiry.objects.select_related("centre").get(pk=notification.inquiry_id)


def already_notified(inquiry: Inquiry, kind: Event.Kind) -> bool:
    """Tell whether a notice of this `kind` (by e-mail, by text) went out that the visitor hasn't followed yet."""
    # After a notice that came back, the next one goes out again: a full mailbox has room some day, and an address may have been corrected.
    about = [kind, Event.Kind.MAILBOX_OPENED, Event.Kind.VISITOR_NOT_TOLD]
    last = inquiry.events.filter(kind__in=about).order_by("-id").first()
    if last is None or last.kind != kind:
        return False
    # A visitor who had the mailbox open reads new messages without opening it again.
    return not inquiry.messages.filter(sender=Message.Sender.STAFF, read_at__gte=last.at).exists()


def not_told(notification: Notification, way: str, why: str, now: dt.datetime) -> None:
    """Record that the visitor could not be told by `way`, and bring the case back to staff while nobody has read their answer.

    `why` is a code of http_client.Why. Call it inside a transaction.
    """
    inquiry = Inquiry.objects.select_for_update(of=("self",)).defer("sealed").get(pk=notification.inquiry_id)
    events.record(inquiry, Event.Kind.VISITOR_NOT_TOLD, by="system", at=now, way=way, why=why)
    if inquiry.state != Inquiry.State.WAITING or not inquiry.messages.filter(sender=Message.Sender.STAFF, read_at=None).exists():
        return
    inquiry.state, inquiry.next_action_at = Inquiry.State.OPEN, min(inquiry.next_action_at or now, now)
    inquiry.version += 1
    inquiry.save(update_fields=["state", "next_action_at", "version"])
