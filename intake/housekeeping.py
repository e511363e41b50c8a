"""What time brings to the intake side. Each part is safe to repeat and to miss."""

from datetime import datetime

from intake.assessment import rate_limits
from intake.mailbox import sessions
from intake.notifications import escalation, outbox

# Seconds for which housekeeping sends. `now` stands still meanwhile, so it must be well below outbox.LEASE.
SEND_SECONDS = 20


def run(now: datetime) -> dict[str, int]:
    """Escalate what nobody took, send what is due in case no worker does, forget what has ended; return the counts."""
    counts = escalation.escalate(now) | {"notifications_tried": outbox.send_all_due(now, seconds=SEND_SECONDS)}
    return counts | sessions.forget_expired(now) | rate_limits.forget_expired(now)
