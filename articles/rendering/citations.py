"""The numbers that tie the text to its sources."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from articles import permissions, snapshots
from articles.models import Guide
from articles.rendering import body_html
from articles.workflow import drafts


@dataclass(frozen=True)
class Numbers:
    """What doesn't fit: numbers cited without a source, sources that nothing cites, numbers given twice."""

    dead: list[int]
    unused: list[int]
    doubled: list[int]
    in_order: bool


def examine(guide: Guide) -> Numbers:
    """Return how the numbers in the stored text of `guide` fit its sources."""
    cited = body_html.citations(guide.body)
    numbers = list(guide.sources.values_list("number", flat=True))
    first_uses = list(dict.fromkeys(cited))
    return Numbers(
        dead=sorted(set(cited) - set(numbers)),
        unused=sorted(set(numbers) - set(cited)),
        doubled=sorted({number for number in numbers if numbers.count(number) > 1}),
        in_order=first_uses == sorted(first_uses),
    )


@transaction.atomic
def renumber(guide: Guide, by: User, *, seen_version: int | None = None) -> Guide:
    """Number the sources in the order in which the text first cites them; those that nothing cites come last.

    Text and sources change together, so no citation ever points at another source than before. Raises PermissionDenied,
    drafts.StaleGuide, or drafts.NotReady while a number has no source, or two.
    """
    permissions.require(permissions.may_edit(by))
    guide = drafts.locked(guide, seen_version=seen_version)
    found = examine(guide)
    if found.dead or found.doubled:
        raise drafts.NotReady(_("Mend the numbers that have no source, or two, first."))
    before = snapshots.digest_of(guide)
    order = list(dict.fromkeys([*body_html.citations(guide.body), *guide.sources.values_list("number", flat=True)]))
    fresh = {old: new for new, old in enumerate(order, start=1)}
    guide.body = body_html.CITATION.sub(lambda match: f"[{fresh.get(int(match[1]), int(match[1]))}]", guide.body)
    guide.save(update_fields=["body"])
    for source in guide.sources.all():
        source.number = fresh[source.number]
        source.save(update_fields=["number"])
    drafts.changed(guide, before=before, by=by)
    return guide
