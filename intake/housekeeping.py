"""What time brings to the intake side. Each part is safe to repeat and to miss."""

from datetime import datetime

from intake.assessment import rate_limits
from intake.mailbox import sessions
from intake.notifications import escalation


def run(now: datetime) -> dict[str, int]:
    """Escalate what nobody took, forget what has ended; return the counts."""
    counts = escalation.escalate(now)
    return counts | sessions.forget_expired(now) | rate_limits.forget_expired(now)
