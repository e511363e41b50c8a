"""For machines that follow the site: the sitemap, the Atom feed, robots.txt."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import published
from articles.models import Edition
from articles.models.editions import path_of
from articles.views.site_pages import FOR_EVERYONE, public

NEWEST = 30  # guides in the feed
MOST_ADDRESSES = 50_000  # of one sitemap, by its standard


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in every language, each with its translations. Three queries, and one for each language."""
    codes = [code for code, _name in settings.LANGUAGES]
    listed: list[tuple[str, list[str], list[str]]] = [(name, [], codes) for name in FOR_EVERYONE]
    listed += [(name, arguments, codes) for name, arguments in import_string(settings.SITEMAP_PAGES)()]
    used = {code: published.topics_in_use(code) for code in codes}
    for topic in sorted(set().union(*used.values())):
        listed.append(("articles:topic", topic.split(":"), [code for code in codes if topic in used[code]]))
    pages: list[dict[str, Any]] = []
    for name, arguments, languages in listed:
        addresses = {}
        for code in languages:
            with override(code):
                addresses[code] = settings.SITE_URL + reverse(name, args=arguments)
        pages += [{"url": url, "changed": None, "alternates": addresses} for url in addresses.values()]
    for edition in Edition.objects.live().without_text().select_related("guide").order_by("pk")[: MOST_ADDRESSES - len(pages)]:
        own = settings.SITE_URL + edition.get_absolute_url()
        alternates = {edition.language: own}
        for link in edition.guide.public_links.get("languages", []):
            alternates[link["language"]] = settings.SITE_URL + path_of(link["language"], link["slug"])
        pages.append({"url": own, "changed": edition.guide.public_changed_at, "alternates": alternates})
    return public(render(request, "articles/sitemap.xml", {"pages": pages}, content_type="application/xml"))


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The newest and newly corrected guides of the language."""
    language = get_language() or settings.LANGUAGE_CODE
    feed = Atom1Feed(
        title=settings.SITE_NAME,
        link=settings.SITE_URL + reverse("articles:guide_list"),
        feed_url=settings.SITE_URL + reverse("articles:atom"),
        description=_("New and corrected guides"),
        language=language,
        author_name=settings.SITE_NAME,
    )
    for edition in Edition.objects.live().in_language(language).without_text().order_by("-published_at", "-pk")[:NEWEST]:
        feed.add_item(
            title=edition.title,
            link=settings.SITE_URL + edition.get_absolute_url(),
            description=edition.summary,
            updateddate=edition.published_at,
            unique_id=f"{settings.SITE_URL}{edition.get_absolute_url()}#edition-{edition.number}",
        )
    return public(HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where robots have nothing to look for. The pages say the same in their own head."""
    words = f"User-agent: *\nDisallow: /admin/\nDisallow: /leave/\nDisallow: /mailbox/\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    return public(HttpResponse(words, content_type="text/plain"))
