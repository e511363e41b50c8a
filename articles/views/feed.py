"""The Atom feed of guides."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Edition
from articles.published import each
from recovery_site import languages
from recovery_site.database.characters import storable
from recovery_site.pages.public_pages import public_page

NEWEST = 30  # guides in the feed


@public_page(listed=False)
@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The newest and newly corrected guides of the language."""
    language = languages.current()
    feed = Atom1Feed(
        title=settings.SITE_NAME,
        link=settings.SITE_URL + reverse("articles:guide_list"),
        feed_url=settings.SITE_URL + reverse("articles:atom"),
        description=_("New and corrected guides"),
        language=language,
        author_name=settings.SITE_NAME,
    )
    editions = Edition.objects.live().in_language(language).without_text().order_by("-published_at", "-pk")[:NEWEST]
    for item in each(editions, _item):
        feed.add_item(**item)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _item(edition: Edition) -> dict[str, Any]:
    return {
        "title": storable(edition.title),  # editions of earlier releases may hold what XML can't
        "link": settings.SITE_URL + edition.get_absolute_url(),
        "description": storable(edition.summary),
        "updateddate": edition.published_at,
        "unique_id": f"{settings.SITE_URL}{edition.get_absolute_url()}#edition-{edition.number}",
    }
