"""What search engines and browsers fetch unasked: the sitemap, robots.txt and the icon."""

from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from recovery_site.pages import public_pages
from recovery_site.pages.public_pages import public_page

MAX_ADDRESSES = 50_000  # of one sitemap, by its standard


@public_page(listed=False)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in every language, each with its translations. The queries are those of the pages' own functions."""
    entries = list(islice(public_pages.sitemap(), MAX_ADDRESSES))
    return render(request, "sitemap.xml", {"entries": entries}, content_type="application/xml")


@public_page(listed=False)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where crawlers have nothing to look for. The pages say the same in their own head."""
    closed = [path for route in public_pages.routes() if not route.page.crawl for path in route.fixed_paths]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ["/admin/", *sorted(closed)]), f"Sitemap: {settings.SITE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@public_page(listed=False)
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Lead to the picture that every page names in its head, for what asks for /favicon.ico without reading one."""
    return HttpResponsePermanentRedirect(static("img/mark.svg"))
