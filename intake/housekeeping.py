"""What time brings to the intake side. Each part is safe to repeat and to miss."""

from datetime import datetime

from intake import deliveries, duty, limits, mailbox


def run(now: datetime) -> dict[str, int]:
    """Escalate what nobody took, send what is still to be sent, forget what has ended; return the counts."""
    counts = duty.escalate(now) | deliveries.sweep(now) | deliveries.forget_tasks(now)
    return counts | mailbox.forget_expired(now) | limits.forget_expired(now)
