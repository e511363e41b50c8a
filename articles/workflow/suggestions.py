"""Suggests guides that a reader of this one may want next."""

from functools import reduce
from operator import add

from django.db import transaction
from django.db.models import Case, IntegerField, When

from accounts.models import User
from articles import permissions, snapshots
from articles.models import Guide
from articles.workflow import drafts

MOST = 4


def related_to(guide: Guide) -> list[Guide]:
    """Return up to four live guides of the same language that share most with `guide` and aren't related to it yet.

    A shared substance counts 3, a shared stage 2, a shared kind of reader 1; readers alone say too little. The database
    counts, in one query, however many guides there are.
    """
    shared = [
        Case(When(live_edition__topics__contains=f" {kind}:{code} ", then=weight), default=0, output_field=IntegerField())
        for kind, codes, weight in (("substance", guide.substances, 3), ("stage", guide.stages, 2), ("reader", guide.readers, 1))
        for code in codes
    ]
    if not shared:
        return []
    known = Guide.objects.filter(related_from=guide).values("pk")
    others = Guide.objects.live().filter(language=guide.language).exclude(pk=guide.pk).exclude(pk__in=known)
    scored = others.annotate(score=reduce(add, shared)).filter(score__gt=1)
    return list(scored.only("title", "language").order_by("-score", "title")[:MOST])


@transaction.atomic
def accept(guide: Guide, *, by: User, version: int | None = None, other: Guide) -> Guide:
    """Relate `guide` to `other`. As readers will see it, it counts as an edit."""
    permissions.require(permissions.may_edit(by))
    guide = drafts.get_for_update(guide, version=version)
    before = snapshots.digest_of(guide)
    guide.related.add(other)
    drafts.record_edit(guide, before=before, by=by)
    return guide
