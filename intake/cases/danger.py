"""Whether a case is in "Danger now": the columns that say so, and what brings a case back."""

from accounts.models import User
from intake.cases import events
from intake.models import Event, Inquiry

DANGER_FIELDS = ("danger_resolved_at", "danger_outcome")


def reopen(inquiry: Inquiry, *, by: User | str) -> None:
    """Put a case of priority DANGER back into "Danger now" after a new sign of danger; the caller saves DANGER_FIELDS.

    Records an event if it had left; does nothing otherwise. Call it with the row locked.
    """
    if inquiry.danger_resolved_at is not None:
        inquiry.danger_resolved_at, inquiry.danger_outcome = None, ""
        events.record(inquiry, Event.Kind.DANGER_AGAIN, by=by)
