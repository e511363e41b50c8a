"""Draws a guide's page. Its own parts are drawn when it is published and stored; the frame around them is one for all.

What a page shows is decided by the facts of its guide (`Facts`). Stored parts carry a digest of the facts that they were
drawn from, so that a reader never gets parts that no longer hold: then they are drawn for that reader, and stored again
by housekeeping. That happens when a review falls due and after each release.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_urlconf, set_urlconf
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override, to_locale

from articles import topics
from articles.models import Address, Edition, Guide, PublishedPage
from articles.models.editions import path_of
from articles.rendering import structured_data
from articles.rendering.release_fingerprint import look_of_guides
from recovery_site import context, frame
from recovery_site.prepared import Prepared

TEMPLATE, HOLES = "articles/guide.html", ("title", "description", "head", "article")
# The facts of a guide, in the order of the fields of `Facts`.
FACTS = ("pk", "live_edition_id", "reviewed_by", "reviewed_on", "next_review_on", "public_links")


class Facts(NamedTuple):
    """All that decides what a guide's page says, but for its immutable edition's own words."""

    guide_id: int
    edition_id: int
    reviewed_by: str
    reviewed_on: dt.date | None
    next_review_on: dt.date | None
    links: dict[str, Any]

    def overdue(self, today: dt.date) -> bool:
        """Whether the guide should have been reviewed again before `today`."""
        return self.next_review_on is not None and self.next_review_on < today

    def digest(self, today: dt.date) -> str:
        """Return what the page of `today` is told apart by."""
        told = (*self, self.overdue(today), look_of_guides())
        return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


class Parts(NamedTuple):
    """The parts of a page that are the guide's own, as HTML."""

    head: str
    article: str


class Found(NamedTuple):
    """What stands at an address; its facts have no edition when the guide was taken off the site.

    `digest` is what today's page is told apart by: `stored` holds while it was drawn from the same.
    """

    facts: Facts
    language: str
    slug: str
    title: str
    summary: str
    kind: str
    topics: str
    changed_at: dt.datetime | None
    drawn_from: str | None
    stored: Parts
    digest: str


_AT_ADDRESS = Prepared(
    lambda language, slug: Address.objects.filter(language=language, slug=slug).values_list(
        *("guide__" + name for name in FACTS),
        *("guide__live_edition__" + name for name in ("language", "slug", "title", "summary", "kind", "topics")),
        "guide__public_changed_at",
        *("guide__published_page__" + name for name in ("drawn_from", "head", "article")),
    ),
    values=2,
)


def at_address(language: str, slug: str) -> Found | None:
    """Return what visitors find at an address; None when no guide was ever published there. One query."""
    row = _AT_ADDRESS.row(language, slug)
    if row is None:
        return None
    facts = Facts._make(row[: len(FACTS)])
    return Found._make((facts, *row[len(FACTS) : -2], Parts._make(row[-2:]), facts.digest(timezone.localdate())))


def page(found: Found) -> str:
    """Return the whole page of a live guide. No query while its stored parts hold."""
    links = found.facts.links
    parts = found.stored if found.drawn_from == found.digest else _parts_of(found.facts.edition_id)
    around = frame.drawn(TEMPLATE, found.language, HOLES, danger=topics.danger_of(found.kind, found.topics))
    holes = {"title": escape(found.title), "description": escape(found.summary), "head": parts.head, "article": parts.article}
    return around.filled(holes, _alternates(found.language, found.slug, links))


def store(guide_ids: Iterable[int], *, now: dt.datetime | None = None) -> None:
    """Draw the parts of these guides' pages from what is stored about them. Call it in the transaction that changes them."""
    today = timezone.localdate(now)
    # From the rows, not from an object in memory: JSON that was never stored may have its keys in another order.
    for edition in Edition.objects.live().filter(live_for__in=guide_ids).select_related("guide"):
        values = {"drawn_from": _facts(edition.guide).digest(today), **_parts(edition, today)._asdict()}
        PublishedPage.objects.update_or_create(guide=edition.guide, defaults=values)


_swept: tuple[str, dt.date] | None = None


def store_stale(now: dt.datetime) -> int:
    """Draw what a new day or a new release has changed, and what is missing; return how many pages that were.

    All guides are looked at once a day and process, and nothing else needs them looked at: verbs draw what they change.
    """
    global _swept  # noqa: PLW0603 (what this process has done is this process's own)
    today = timezone.localdate(now)
    if _swept == (look_of_guides(), today):
        return 0
    rows = Guide.objects.live().values_list(*FACTS, "published_page__drawn_from")
    stale = [row[0] for row in rows.iterator() if row[-1] != Facts._make(row[:-1]).digest(today)]
    for guide_id in stale:
        store([guide_id], now=now)
    _swept = (look_of_guides(), today)
    return len(stale)


def _facts(guide: Guide) -> Facts:
    return Facts._make(getattr(guide, name) for name in FACTS)


def _parts_of(edition_id: int) -> Parts:
    return _parts(Edition.objects.select_related("guide").get(pk=edition_id), timezone.localdate())


def _parts(edition: Edition, today: dt.date) -> Parts:
    guide = edition.guide
    variables = {
        **context.of_the_site(),
        "guide": guide,
        "edition": edition,
        "overdue": _facts(guide).overdue(today),
        "related": guide.public_links.get("related", []),
        "machine": {
            "canonical": settings.SITE_URL + path_of(edition.language, edition.slug),
            "alternates": _for_machines(_alternates(edition.language, edition.slug, guide.public_links)),
            "locale": to_locale(edition.language),
        },
        "page_data": structured_data.medical_web_page(edition, guide),
    }
    with override(edition.language), _visitors_addresses():
        return Parts._make(render_to_string(f"articles/parts/{name}.html", variables) for name in ("guide_head", "guide_and_foot"))


def _alternates(language: str, slug: str, links: dict[str, Any]) -> dict[str, str]:
    """Return the path of the guide in each language that it can be read in."""
    others = {other["language"]: path_of(other["language"], other["slug"]) for other in links.get("languages", [])}
    return {language: path_of(language, slug), **others}


def _for_machines(alternates: dict[str, str]) -> dict[str, str]:
    """Return the addresses that search engines are told of translations: nothing where there is none, and the default for everyone else."""
    if len(alternates) < 2:
        return {}
    addresses = {code: settings.SITE_URL + path for code, path in alternates.items()}
    default = addresses.get(settings.LANGUAGE_CODE)
    return addresses | ({"x-default": default} if default else {})


@contextmanager
def _visitors_addresses() -> Iterator[None]:
    """Let templates find the visitors' addresses on a staff server, too, where guides are published."""
    before = get_urlconf()
    set_urlconf("recovery_site.visitor_urls")
    try:
        yield
    finally:
        set_urlconf(before)
