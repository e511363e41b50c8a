"""Sessions of staff: how they are stored, when they end, and who ends them."""

from accounts.sessions.ending import end_all

__all__ = ["end_all"]
