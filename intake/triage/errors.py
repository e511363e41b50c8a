"""Why a verb refused. Each carries a sentence for the person who tried, and nothing of the case's content."""

from accounts.models import User
from intake.models import Inquiry


class Refused(Exception):
    """A verb that was not carried out; `message` says why and what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.message = message


class NotAllowed(Refused):
    """Their role doesn't include this verb, or not on this case."""


class AlreadyTaken(Refused):
    """Somebody else has taken the case: `owner`."""

    def __init__(self, message: str, owner: User | None) -> None:
        super().__init__(message)
        self.owner = owner


class Stale(Refused):
    """The case changed after the page was made; `inquiry` is how it is now."""

    def __init__(self, message: str, inquiry: Inquiry) -> None:
        super().__init__(message)
        self.inquiry = inquiry
