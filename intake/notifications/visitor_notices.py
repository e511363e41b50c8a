"""What the channels to visitors share: one notice is enough until the visitor has looked."""

from intake.models import Event, Inquiry, Message, Notification


def fresh_inquiry(notification: Notification) -> Inquiry:
    """Return the inquiry as it is now, with its sealed column: the visitor may have changed their mind a second ago."""
    return Inquiry.objects.select_related("centre").get(pk=notification.inquiry_id)


def already_notified(inquiry: Inquiry, kind: Event.Kind) -> bool:
    """Tell whether a notice of this `kind` (by e-mail, by text) went out that the visitor hasn't followed yet."""
    last = inquiry.events.filter(kind__in=[kind, Event.Kind.MAILBOX_OPENED]).order_by("-id").first()
    if last is None or last.kind != kind:
        return False
    # A visitor who had the mailbox open reads new messages without opening it again.
    return not inquiry.messages.filter(sender=Message.Sender.STAFF, read_at__gte=last.at).exists()
