"""Suggests guides that a reader of this one may want next."""

from django.db import transaction

from accounts.models import User
from articles import drafts, permissions, snapshots
from articles.models import Guide

MOST = 4


def related_to(guide: Guide) -> list[Guide]:
    """Return up to four live guides of the same language that share most with `guide` and aren't related to it yet.

    A shared substance counts 3, a shared stage 2, a shared kind of reader 1. Two queries, whatever the number of guides.
    """
    known = set(guide.related.values_list("pk", flat=True)) | {guide.pk}
    others = Guide.objects.live().filter(language=guide.language).only("title", "substances", "stages", "readers", "language")
    scored = []
    for other in others:
        score = sum(
            weight * len(set(getattr(guide, name)) & set(getattr(other, name)))
            for name, weight in (("substances", 3), ("stages", 2), ("readers", 1))
        )
        if score > 1 and other.pk not in known:  # readers alone say little
            scored.append((-score, other.title, other))
    return [other for _score, _title, other in sorted(scored, key=lambda entry: entry[:2])[:MOST]]


@transaction.atomic
def accept(guide: Guide, other: Guide, by: User, *, seen_version: int | None = None) -> Guide:
    """Relate `guide` to `other`. As readers will see it, it counts as an edit."""
    permissions.require(permissions.may_edit(by))
    guide = drafts.locked(guide, seen_version=seen_version)
    before = snapshots.digest_of(guide)
    guide.related.add(other)
    drafts.changed(guide, before=before, by=by)
    return guide
