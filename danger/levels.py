"""The levels of a sign of danger."""

from enum import IntEnum


class Level(IntEnum):
    """How dangerous a sign is.

    `ALARM` is danger now. `LOOK` makes a case urgent. `MENTION` (in the past, denied, a topic, a question) changes nothing.
    """

    NONE = 0
    MENTION = 1
    LOOK = 2
    ALARM = 3

    @property
    def code(self) -> str:
        """The level as data files and the output of commands spell it."""
        return self.name.lower()
