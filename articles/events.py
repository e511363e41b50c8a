"""Writes the history of a guide."""

from accounts.models import User
from articles.models import Guide, GuideEvent


def record(guide: Guide, kind: GuideEvent.Kind, *, by: User | None, digest: str = "", note: str = "") -> GuideEvent:
    """Store one step of `guide`'s life. `by` is None for what the system does by itself (a starter guide, a set time)."""
    return GuideEvent.objects.create(
        guide=guide,
        kind=kind,
        person=by,
        person_name=by.shown_name if by else "",
        person_credentials=by.credentials if by else "",
        digest=digest,
        note=note,
    )
