"""The live editions, as pages about several guides list them. A guide's own page is found by articles.rendering.guide_page."""

from django.core.paginator import Page, Paginator

from articles import topics
from articles.models import Edition, Guide

GUIDES_A_PAGE = 60
GUIDES_ON_FRONT_PAGE = 8


def edition_at(language: str, slug: str) -> Edition | None:
    """Return the live edition that an address leads to, without its text; None when there is none. One query."""
    asked = {"live_for__addresses__language": language, "live_for__addresses__slug": slug}
    return Edition.objects.live().without_text().select_related("guide").filter(**asked).first()


def first_guides(language: str) -> list[Edition]:
    """Return the guides for the front page: those about withdrawal and overdose, whatever the reader takes."""
    kinds = [Guide.Kind.WITHDRAWAL, Guide.Kind.SAFETY]
    return list(
        Edition.objects.live().in_language(language).without_text().filter(kind__in=kinds).order_by("title", "pk")[:GUIDES_ON_FRONT_PAGE]
    )


def about(language: str, topic: str) -> list[Edition]:
    """Return the live editions sorted under `topic`, a code such as "substance:alcohol"."""
    return list(Edition.objects.live().in_language(language).without_text().filter(topics__contains=f" {topic} ").order_by("title", "pk"))


def topics_in_use(language: str) -> set[str]:
    """Return the codes under which at least one live edition is sorted."""
    lines = Edition.objects.live().in_language(language).values_list("topics", flat=True).distinct()
    return {code for line in lines for code in line.split()}


def listed(language: str, filters: dict[str, str], page: str | None) -> Page:
    """Return a page of the live editions of a language by title, narrowed by {"substance": code, …}. Two queries.

    A code that isn't one of ours narrows nothing, and an odd page number shows the nearest page.
    """
    editions = Edition.objects.live().in_language(language).without_text().order_by("title", "pk")
    for name, known in (("substance", topics.SUBSTANCES), ("stage", topics.STAGES), ("reader", topics.READERS)):
        if filters.get(name) in known:
            editions = editions.filter(topics__contains=f" {name}:{filters[name]} ")
    return Paginator(editions, GUIDES_A_PAGE).get_page(page)
