"""Views that list guides by topic."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles import published, topics
from recovery_site import languages
from recovery_site.pages.public_pages import public_page


@public_page(sitemap=True)
@require_safe
def topic_list(request: HttpRequest) -> HttpResponse:
    """List the topics that have at least one guide. One query."""
    used = published.topics_in_use(languages.current())
    groups = [
        {"kind": kind, "title": title, "codes": {code: words for code, words in codes.items() if f"{kind}:{code}" in used}}
        for kind, (title, codes) in topics.KINDS.items()
    ]
    return render(request, "articles/topic_list.html", {"groups": [group for group in groups if group["codes"]]})


@public_page(sitemap=published.topics_for_sitemap)
@require_safe
def topic(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """List the guides of one topic. One query."""
    _title, codes = topics.KINDS.get(kind, ("", {}))
    if code not in codes:
        raise Http404
    guides = published.about(languages.current(), f"{kind}:{code}")
    return render(request, "articles/topic.html", {"name": codes[code], "guides": guides})
