"""What the verbs of all apps have in common.

A verb is a function `verb(subject, *, by, version=None, …)` that does one step in one transaction: it reads `subject`
again with its row locked, asks the app's permissions, changes it, records the event and returns the fresh object.
`by` is the person who does it. `version` is the subject's version when that person looked at it; verbs that could
undo somebody else's change take it. A verb that is not carried out raises one of the exceptions below.
"""


class Refused(Exception):
    """The verb was not carried out. `message` tells the person why and what to do instead; it holds nothing of a case's content."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The person's role doesn't include this verb, or not on this subject."""


class Stale(Refused):
    """The subject changed after the person looked at it."""
