"""Selectors of live editions: what visitors may see."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils.functional import Promise

from articles import topics
from articles.models import Edition, Guide, OldAddress
from articles.models.editions import path_of
from articles.topics import Codes
from recovery_site.pages.public_pages import SitemapEntry, entries

logger = logging.getLogger(__name__)

Row = TypeVar("Row", Edition, Guide)
Made = TypeVar("Made")

GUIDES_A_PAGE = 60
OFFERED_SECONDS = 60  # so late is a new topic offered in search
GUIDES_ON_FRONT_PAGE = 8
# What a guide's page needs no column for: its HTML has it, or only staff see it.
_NOT_READ = ("snapshot", "digest", "published_by", "toc", "at_a_glance")
_READ = Guide.objects.select_related("live_edition").only(
    *("reviewed_by", "reviewed_on", "next_review_on", "public_links", "public_changed_at"),
    *("gone_because", "gone_note", "gone_to", "gone_redirects"),
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


def guide_at_old_path(path: str) -> Guide | None:
    """Return the guide that a path of another site leads to, with its live edition if it has one. One query."""
    return Guide.objects.select_related("live_edition").filter(old_addresses__path=OldAddress.normal(path)).first()


def successor_of(guide: Guide) -> Edition | None:
    """Return the live edition to read instead of a guide that was taken off the site, if there is one. One query."""
    return Edition.objects.live().without_text().filter(guide=guide.gone_to_id).first() if guide.gone_to_id else None


def paths_by_language(edition: Edition, guide: Guide) -> dict[str, str]:
    """Return {language: path} of a live guide: its own and those of its live translations."""
    others = {link["language"]: path_of(link["language"], link["slug"]) for link in guide.public_links.get("languages", [])}
    return {edition.language: edition.get_absolute_url(), **others}


def with_paths(links: Iterable[dict[str, str]], language: str) -> list[dict[str, str]]:
    """Return links to guides of one language, as `related_links` gathers them, with the `path` of each."""
    return [{**link, "path": path_of(language, link["slug"])} for link in links]


def each(guides: Iterable[Row], make: Callable[[Row], Made]) -> Iterator[Made]:
    """Yield `make(guide)` of each guide or edition. One that raises is logged and left out: its fault must not be that of the others."""
    for guide in guides:
        try:
            made = make(guide)
        except Exception:
            logger.exception("%s %s was left out of a list of guides", type(guide).__name__, guide.pk)
        else:
            yield made


def guides_for_sitemap() -> Iterator[SitemapEntry]:
    """Yield every live guide with its translations and the day it last changed. One query."""
    yield from each(Edition.objects.live().without_text().select_related("guide").order_by("pk").iterator(), _sitemap_entry)


def _sitemap_entry(edition: Edition) -> SitemapEntry:
    addresses = {code: settings.SITE_URL + path for code, path in paths_by_language(edition, edition.guide).items()}
    return SitemapEntry(addresses[edition.language], edition.guide.public_changed_at, addresses)


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


def offered_topics(language: str) -> list[tuple[str | Promise, Codes]]:
    """Return the groups of topics that have a guide, as `topics.groups`. One query a minute."""
    used: set[str] | None = cache.get(f"topics-in-use:{language}")
    if used is None:
        used = topics_in_use(language)
        cache.set(f"topics-in-use:{language}", used, OFFERED_SECONDS)
    groups = [(title, {code: words for code, words in codes.items() if code in used}) for title, codes in topics.groups()]
    return [(title, codes) for title, codes in groups if codes]


def topics_in_use(language: str) -> set[str]:
    """Return the codes under which at least one live edition is sorted."""
    lines = Edition.objects.live().in_language(language).values_list("topics", flat=True).distinct()
    return {code for line in lines for code in line.split()}


@dataclass(frozen=True)
class Listing:
    """A page of guides. `chosen` are the codes that narrow it, `offered` those of each filter under which there is a guide."""

    page: Page
    chosen: dict[str, str]
    offered: dict[str, Codes]


def listed(language: str, filters: dict[str, str], page: str | None) -> Listing:
    """Return a page of the live editions of a language, narrowed by {"substance": code, …}. Two queries.

    They are in the order of topics.GROUPS, then by title; `group` is the place of an edition's group in it. A code that isn't one of
    ours narrows nothing, and an odd page number shows the nearest page. A code that was chosen is offered even if no guide is under
    it, so that the reader sees what they chose.
    """
    chosen = {name: code for name, code in filters.items() if code in topics.KINDS[name][1]}
    editions = Edition.objects.live().in_language(language)
    # One row for each line of topics says both how many guides fit and which codes are in use.
    lines = dict(editions.order_by().values_list("topics").annotate(Count("pk")))
    wanted = [f" {name}:{code} " for name, code in chosen.items()]
    for topic in wanted:
        editions = editions.filter(topics__contains=topic)
    paginator = Paginator(editions.without_text().annotate(group=_GROUP).order_by("group", "title", "pk"), GUIDES_A_PAGE)
    paginator.count = sum(number for line, number in lines.items() if all(topic in line for topic in wanted))
    offered = {
        name: {
            code: words for code, words in codes.items() if code == chosen.get(name) or any(f" {name}:{code} " in line for line in lines)
        }
        for name, (_title, codes) in topics.KINDS.items()
    }
    return Listing(paginator.get_page(page), chosen, offered)
