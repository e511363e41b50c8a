"""Pages that visitors read. No cookie, no session; they read editions only."""

from itertools import groupby
from operator import attrgetter

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import override
from django.views.decorators.http import require_safe

from articles import published, topics
from articles.rendering import pictures, structured_data
from articles.safety import supply_alerts
from articles.workflow import glossary_review, previews, share_links
from recovery_site import languages
from recovery_site.pages.public_pages import keep_until, public_page


@public_page(sitemap=published.guides_for_sitemap)
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide: its live edition; 301 from an address it had before. One query, and one for all guides every few seconds.

    When it was taken off the site, 410 with the reason, or 301 to the guide to read instead.
    """
    guide = published.guide_at(languages.current(), slug)
    if guide is None:
        raise Http404
    edition = guide.live_edition
    if edition is None:
        successor = published.successor_of(guide)
        if successor is not None and guide.gone_redirects:
            return HttpResponsePermanentRedirect(successor.get_absolute_url())
        return render(request, "articles/gone.html", {"guide": guide, "successor": successor}, status=410)
    if edition.slug != slug:
        return HttpResponsePermanentRedirect(reverse("articles:guide", args=[edition.slug]))
    now = timezone.now()
    warnings, warned_at = supply_alerts.on_guide(edition.topics, now)
    for alert in warnings:
        keep_until(request, alert.ends_at)
    context = {
        "guide": guide,
        "edition": edition,
        "supply_alerts": warnings,
        "overdue": guide.next_review_on is not None and guide.next_review_on < timezone.localdate(),
        "danger": topics.danger_of(edition.kind, edition.topics),
        "related": published.with_paths(guide.public_links.get("related", []), edition.language),
        "alternates": published.paths_by_language(edition, guide),
        "page_data": structured_data.medical_web_page(edition, guide),
    }
    response = render(request, "articles/guide.html", context)
    if guide.public_changed_at:
        changed = max(guide.public_changed_at, warned_at or guide.public_changed_at)
        response.headers["Last-Modified"] = http_date(changed.timestamp())
    return response


@public_page(sitemap=True)
@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    """All guides of the language in groups, narrowed by substance, stage or reader."""
    language = languages.current()
    asked = {name: request.GET.get(name, "") for name in topics.KINDS}
    listing = published.listed(language, asked, request.GET.get("page"))
    names = list(topics.GROUPS.items())
    groups = [(*names[place], list(editions)) for place, editions in groupby(listing.page.object_list, key=attrgetter("group"))]
    context = {"page": listing.page, "groups": groups, "chosen": listing.chosen, "offered": listing.offered}
    return render(request, "articles/guide_list.html", context)


@public_page(sitemap=True)
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The words that guides explain, as they were last approved, in the language of the address. One query."""
    terms = list(glossary_review.shown(languages.current()))
    # Said once where it is true of all: sixty times the same sentence is noise.
    nobody_reviewed = not any(term.reviewed_on for term in terms)
    return render(request, "articles/glossary.html", {"terms": terms, "nobody_reviewed": nobody_reviewed})


@public_page(listed=False, immutable=True)
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One width of a picture. Its name is a digest of it, so it may be kept for good."""
    if not pictures.NAME.fullmatch(name) or not default_storage.exists(f"guides/{name}"):
        raise Http404
    return FileResponse(default_storage.open(f"guides/{name}"), content_type="image/webp")


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """A draft, for whoever holds a link that hasn't expired. Nothing may keep it, and no search engine finds it."""
    with share_links.brought(token):
        link = share_links.open_link(token)
        if link is None:
            response = render(request, "articles/preview_over.html", status=404)
        else:
            with override(link.guide.language):
                response = render(request, "articles/preview.html", previews.page_of(link.guide) | {"link": link})
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
