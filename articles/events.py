"""Records the history of guides."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from articles.models import Guide, GuideEvent


def record(  # noqa: PLR0913 (all named)
    guide: Guide, kind: GuideEvent.Kind, *, by: User | None = None, at: dt.datetime | None = None, digest: str = "", note: str = ""
) -> GuideEvent:
    """Store an event. Call it in the transaction of the change it records.

    `by` is None for automatic changes, such as scheduled publishing or starter guides.
    """
    return GuideEvent.objects.create(
        guide=guide,
        kind=kind,
        actor=by,
        actor_name=by.shown_name if by else "",
        actor_credentials=by.credentials if by else "",
        at=at or timezone.now(),
        digest=digest,
        note=note,
    )
