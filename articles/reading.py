"""What visitors read: an address to its edition, in one query."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.utils import timezone

from articles import topics
from articles.models import Address, Edition, Guide

GUIDES_A_PAGE = 60
GUIDES_ON_FRONT_PAGE = 8
NEEDED_OF_GUIDE = ("live_edition", "language", "reviewed_by", "reviewed_on", "next_review_on", "public_links", "public_changed_at")


@dataclass(frozen=True)
class Reading:
    """What stands at an address: an edition, a forwarding slug, or nothing any more (`edition` is None)."""

    guide: Guide
    edition: Edition | None
    asked_slug: str
    today: dt.date

    @property
    def moved_to(self) -> str:
        """The slug that is right today when another was asked for, else ""."""
        return self.edition.slug if self.edition and self.edition.slug != self.asked_slug else ""

    @property
    def overdue(self) -> bool:
        """Whether the guide should have been reviewed again before today."""
        due = self.guide.next_review_on
        return due is not None and due < self.today

    @property
    def etag(self) -> str:
        """A strong validator: it changes with the edition, the review dates, what is linked, the day the guide falls
        overdue, and the templates the page is made with."""
        facts = (self.edition.pk if self.edition else 0, self.guide.public_changed_at, self.overdue, look_of_pages())
        return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'

    @property
    def changed_at(self) -> dt.datetime | None:
        """When a visitor could last see something new here."""
        return self.guide.public_changed_at


def at_address(language: str, slug: str, *, now: dt.datetime | None = None) -> Reading | None:
    """Return what visitors find at an address; None when no guide was ever published there. One query."""
    address = (
        Address.objects.select_related("guide__live_edition")
        .only("slug", *(f"guide__{name}" for name in ("id", *NEEDED_OF_GUIDE)), *_edition_columns())
        .filter(language=language, slug=slug)
        .first()
    )
    if address is None:
        return None
    return Reading(address.guide, address.guide.live_edition, slug, timezone.localdate(now))


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


@lru_cache(maxsize=1)
def look_of_pages() -> str:
    """Return a digest of the templates, words and style sheets that pages are made with; computed once a process.

    Without it a browser would keep a page made by the release before.
    """
    digest = hashlib.sha256()
    base = Path(settings.BASE_DIR)
    for folder, pattern in (("templates", "*.html"), ("locale", "*.mo"), ("static", "*.*"), ("recovery_site", "*.toml")):
        for path in sorted((base / folder).rglob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(base).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _edition_columns() -> list[str]:
    unused = {"guide", "snapshot", "digest", "published_by"}
    names: list[Any] = [field.name for field in Edition._meta.concrete_fields if field.name not in unused]
    return [f"guide__live_edition__{name}" for name in names]
