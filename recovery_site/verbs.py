"""The conventions of verbs (actions) in all apps, and the exceptions they raise.

A verb is a function `verb(subject, *, by, version=None, …)` that runs in one transaction: it reloads `subject` with its
row locked, checks permissions, changes it, records an event and returns the fresh object. `by` is the acting user.
`version` is the subject's version as that user saw it; verbs that could overwrite somebody else's change require it.
"""


class Refused(Exception):
    """The verb was not carried out. `message` says why and what to do instead, without any content of a case."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(Refused):
    """The user isn't permitted to do this with this subject."""


class Stale(Refused):
    """The subject changed since the user last saw it."""
