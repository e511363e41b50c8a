"""Which centre answers an inquiry. Nothing is ever lost here: what matches nothing goes to the default centre."""

from dataclasses import dataclass
from datetime import datetime

from intake import promises
from intake.models import Centre, CentreKey


class NobodyToAnswer(Exception):
    """There is no default centre, or it has no key to seal to: the site can't take inquiries. A check says so at start."""


@dataclass(frozen=True)
class Route:
    """Where an inquiry goes and until when an answer is promised."""

    centre: Centre
    key: CentreKey
    answer_by: datetime | None


def choose(priority: int, now: datetime) -> Route:
    """Return the route of an inquiry of `priority` that arrives at `now`; raise NobodyToAnswer when there is none."""
    key = (
        CentreKey.objects.filter(centre__is_default=True, retired_at=None)
        .select_related("centre")
        .prefetch_related("centre__opening_hours")
        .first()
    )
    if key is None:
        raise NobodyToAnswer
    centre = key.centre
    return Route(centre=centre, key=key, answer_by=promises.answer_by(centre, promises.minutes_for(centre, priority), now))
