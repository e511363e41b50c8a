"""Selectors of live editions: what visitors may see."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, Value, When

from articles import topics
from articles.models import Edition, Guide
from articles.models.editions import path_of
from recovery_site.pages.public_pages import SitemapEntry, entries

GUIDES_A_PAGE = 60
GUIDES_ON_FRONT_PAGE = 8
# What a guide's page needs no column for: its HTML has it, or only staff see it.
_NOT_READ = ("snapshot", "digest", "published_by", "toc", "at_a_glance")
_READ = Guide.objects.select_related("live_edition").only(
    *("reviewed_by", "reviewed_on", "next_review_on", "public_links", "public_changed_at"),
    *(f"live_edition__{field.name}" for field in Edition._meta.concrete_fields if field.name not in _NOT_READ),
)

_FOR_FAMILY_ONLY = Q(topics__contains=" reader:family ") & ~Q(topics__contains=" reader:self ")
_PLACES = {name: Value(place) for place, name in enumerate(topics.GROUPS)}
_GROUP = Case(
    When(kind__in=[Guide.Kind.SAFETY, Guide.Kind.HELPLINES], then=_PLACES["danger"]),
    When(kind=Guide.Kind.WITHDRAWAL, then=_PLACES["stopping"]),
    When(_FOR_FAMILY_ONLY, then=_PLACES["family"]),
    When(kind=Guide.Kind.TREATMENT, then=_PLACES["treatment"]),
    When(kind=Guide.Kind.LAW, then=_PLACES["money"]),
    default=_PLACES["steps"],
    output_field=IntegerField(),
)


def guide_at(language: str, slug: str) -> Guide | None:
    """Return the guide that an address leads to, with its live edition if it has one; None when none was ever there. One query."""
    try:
        return _READ.get(addresses__language=language, addresses__slug=slug)
    except Guide.DoesNotExist:
        return None


def paths_by_language(edition: Edition, guide: Guide) -> dict[str, str]:
    """Return {language: path} of a live guide: its own and those of its live translations."""
    others = {link["language"]: path_of(link["language"], link["slug"]) for link in guide.public_links.get("languages", [])}
    return {edition.language: edition.get_absolute_url(), **others}


def with_paths(links: Iterable[dict[str, str]], language: str) -> list[dict[str, str]]:
    """Return links to guides of one language, as `related_links` gathers them, with the `path` of each."""
    return [{**link, "path": path_of(language, link["slug"])} for link in links]


def guides_for_sitemap() -> Iterator[SitemapEntry]:
    """Yield every live guide with its translations and the day it last changed. One query."""
    for edition in Edition.objects.live().without_text().select_related("guide").order_by("pk").iterator():
        addresses = {code: settings.SITE_URL + path for code, path in paths_by_language(edition, edition.guide).items()}
        yield SitemapEntry(addresses[edition.language], edition.guide.public_changed_at, addresses)


def topics_for_sitemap() -> Iterator[SitemapEntry]:
    """Yield each topic in the languages that have a guide about it. One query for each language."""
    used = {code: topics_in_use(code) for code, _name in settings.LANGUAGES}
    for topic in sorted(set().union(*used.values())):
        yield from entries("articles:topic", *topic.split(":"), languages=[code for code in used if topic in used[code]])


def edition_at(language: str, slug: str) -> Edition | None:
    """Return the live edition that an address leads to, without its text; None when there is none. One query."""
    asked = {"live_for__addresses__language": language, "live_for__addresses__slug": slug}
    return Edition.objects.live().without_text().select_related("guide").filter(**asked).first()


def first_guides(language: str) -> list[Edition]:
    """Return the guides for the front page: those about overdose first, then those about withdrawal, whatever the reader takes."""
    kinds = [Guide.Kind.WITHDRAWAL, Guide.Kind.SAFETY]
    editions = Edition.objects.live().in_language(language).without_text().filter(kind__in=kinds)
    return list(editions.order_by(_GROUP, "title", "pk")[:GUIDES_ON_FRONT_PAGE])


def about(language: str, topic: str) -> list[Edition]:
    """Return the live editions sorted under `topic`, a code such as "substance:alcohol"."""
    return list(Edition.objects.live().in_language(language).without_text().filter(topics__contains=f" {topic} ").order_by("title", "pk"))


def topics_in_use(language: str) -> set[str]:
    """Return the codes under which at least one live edition is sorted."""
    lines = Edition.objects.live().in_language(language).values_list("topics", flat=True).distinct()
    return {code for line in lines for code in line.split()}


def listed(language: str, filters: dict[str, str], page: str | None) -> Page:
    """Return a page of the live editions of a language, narrowed by {"substance": code, …}. Two queries.

    They are in the order of topics.GROUPS, then by title; `group` is the place of an edition's group in it. A code that isn't one of
    ours narrows nothing, and an odd page number shows the nearest page.
    """
    editions = Edition.objects.live().in_language(language).without_text().annotate(group=_GROUP).order_by("group", "title", "pk")
    for name, known in (("substance", topics.SUBSTANCES), ("stage", topics.STAGES), ("reader", topics.READERS)):
        if filters.get(name) in known:
            editions = editions.filter(topics__contains=f" {name}:{filters[name]} ")
    return Paginator(editions, GUIDES_A_PAGE).get_page(page)
