"""Denormalised links from a guide's page to other guides, stored on the guide so that a page needs one query."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from articles.models import Address, Edition, Guide


def refresh_around(guide: Guide) -> None:
    """Bring the stored links of `guide`, of its translations and of every live guide that relates or links to it up to date.

    Working copies say which guides should link to it. Live pages that still link to it, although their drafts no longer do,
    are found by their stored links.
    """
    root = guide.original_id or guide.pk
    touched = Q(pk=guide.pk) | Q(related=guide) | Q(pk=root) | Q(original_id=root)
    for slug in Address.objects.filter(guide=guide).values_list("slug", flat=True):
        touched |= Q(public_links__icontains=f'"{slug}"')
    pks = Guide.objects.live().filter(touched).values("pk").distinct()
    now = timezone.now()
    for other in Guide.objects.filter(pk__in=pks).select_related("live_edition"):
        fresh = gather(other)
        if fresh != other.public_links:
            Guide.objects.filter(pk=other.pk).update(public_links=fresh, public_changed_at=now)


def gather(guide: Guide) -> dict[str, Any]:
    """Return links to the live related guides and translations of `guide`.

    Related guides are those of the live edition, not of the working copy.
    """
    root = guide.original_id or guide.pk
    translations = (
        Guide.objects.live()
        .filter(Q(pk=root) | Q(original_id=root))
        .exclude(language=guide.language)  # otherwise the page would declare another URL as its own language version
        .select_related("live_edition")
        .order_by("language")
    )
    return {
        "related": related_of(guide.live_edition) if guide.live_edition else [],
        "languages": [{"language": other.language, **_link(other)} for other in translations],
    }


def related_of(edition: Edition) -> list[dict[str, str]]:
    """Return links to the live guides that `edition` lists as related."""
    pks = edition.snapshot.get("related", [])
    related = Guide.objects.live().filter(pk__in=pks, language=edition.language).select_related("live_edition")
    return [_link(other) for other in related.order_by("live_edition__title")]


def _link(guide: Guide) -> dict[str, str]:
    edition = guide.live_edition
    return {"slug": edition.slug, "title": edition.title, "summary": edition.summary} if edition else {}
