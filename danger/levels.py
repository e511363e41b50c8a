"""How grave a sign is."""

from enum import IntEnum


class Level(IntEnum):
    """`MENTION` (over, denied, talk about a topic, a question) moves nothing, `LOOK` is looked at first, `ALARM` is now."""

    NONE = 0
    MENTION = 1
    LOOK = 2
    ALARM = 3

    @property
    def code(self) -> str:
        """The level as it stands in data files and in the output of commands."""
        return self.name.lower()
