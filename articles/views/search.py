"""The search page and its suggestions. Queries are never logged or stored."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from articles import published, topics
from articles.search import other_languages, ranking
from danger import signs
from recovery_site import helplines, languages
from recovery_site.pages.public_pages import public_page


@public_page(cache=False)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the results for ?q=, optionally only those with ?topic=. Not cached, so that shared devices keep no copy."""
    typed = request.GET.get("q", "").strip()
    topic = request.GET.get("topic", "")
    topic = topic if topic in {code for _title, codes in topics.groups() for code in codes} else ""
    findings = ranking.find(typed, languages.current(), topic=topic, page=_number(request.GET.get("page", ""))) if typed else None
    needed = findings.question.urgent if findings else []
    codes = findings.question.signs if findings and needed else []
    context = {
        "typed": typed,
        "findings": findings,
        "elsewhere": other_languages.guides(findings.question) if findings else [],
        "topic": topic,
        "topic_groups": published.offered_topics(languages.current()),
        "urgent_words": [line["text"] for line in signs.lines(codes)],
        "card": import_string(settings.SEARCH_ANSWERS)(typed, languages.current()) if typed else None,
        "urgent": [line for line in helplines.helplines(settings.COUNTRY, languages.current()) if line.key in needed],
    }
    return render(request, "articles/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Return suggestions for an unfinished query: {"guides": [{"title", "url"}, …]}."""
    typed = request.GET.get("q", "").strip()
    editions = ranking.suggest(typed, languages.current()) if len(typed) > 1 else []
    return JsonResponse({"guides": [{"title": edition.title, "url": edition.get_absolute_url()} for edition in editions]})


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1
