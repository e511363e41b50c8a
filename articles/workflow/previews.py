"""Previews of drafts."""

from typing import Any

from django.utils import timezone

from articles import published
from articles.models import Guide
from articles.rendering import related_links
from articles.workflow import publishing


def page_of(guide: Guide) -> dict[str, Any]:
    """Return the template context of the page that the working copy of `guide` would have if it were published."""
    number = (guide.live_edition.number if guide.live_edition else 0) + 1
    edition = publishing.compose(guide, number=number, now=timezone.now())
    return {
        "guide": guide,
        "edition": edition,
        "overdue": False,
        "related": published.with_paths(related_links.related_of(edition), edition.language),
        "alternates": {guide.language: ""},
        "is_preview": True,
    }
