"""What time brings to the intake side. Each part is safe to repeat and to miss."""

from datetime import datetime

from intake import deliveries, mailbox


def run(now: datetime) -> dict[str, int]:
    """Send what is still to be sent and forget what has ended; return the counts."""
    return deliveries.sweep(now) | mailbox.forget_expired(now)
