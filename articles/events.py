"""Writes the history of a guide."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from articles.models import Guide, GuideEvent


def record(  # noqa: PLR0913 (all named)
    guide: Guide, kind: GuideEvent.Kind, *, by: User | None = None, at: dt.datetime | None = None, digest: str = "", note: str = ""
) -> GuideEvent:
    """Store one step of `guide`'s life; call it inside the transaction of the change it tells of.

    `by` is None for what the system does by itself (a starter guide, a set time).
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
