"""Pages that stand beside the guides: the front page, the way out, and what we say about ourselves."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import published
from articles.rendering import structured_data
from articles.views import privacy_faq
from recovery_site import helplines, languages
from recovery_site.pages.public_pages import public_page


@public_page(sitemap=True)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what is wrong now, three ways in, and the guides that are about danger. One query."""
    language = languages.current()
    return render(request, "articles/home.html", {"guides": published.first_guides(language)})


@public_page(cache=False, listed=False, crawl=False)
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """The way out: tell the browser to drop what it holds of us, then go somewhere that says nothing of us.

    "cache" is left to a picture on the blank page: a browser may take seconds over it, and the way out must be quick.
    """
    response = HttpResponseRedirect(settings.LEAVE_TO or reverse("articles:blank"))
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        # A picture on somebody else's page must not sign staff out, nor take a receipt away before it was read.
        return response
    response.headers["Clear-Site-Data"] = '"cookies", "storage"'
    for name in request.COOKIES:  # for browsers that don't know the header, or don't trust it without https
        response.delete_cookie(name)
    return response


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Where "Leave this page" ends unless the operator chose another place: no name, no topic, no link back."""
    return render(request, "articles/blank.html")


@require_safe
def forget(request: HttpRequest) -> HttpResponse:
    """An empty picture whose only use is to tell the browser to drop the pages of ours that it keeps."""
    response = HttpResponse('<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@public_page(sitemap=True)
@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """Reading on a device that others can see: what the way out does, and what it can't do."""
    return render(request, "articles/safety.html")


@public_page(sitemap=True)
@require_safe
def all_helplines(request: HttpRequest) -> HttpResponse:
    """Every helpline we know, with what each is for and when the numbers were checked."""
    return render(request, "articles/helplines.html", {"checked_on": helplines.checked_on()})


@public_page(sitemap=True)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who we are, and how guides are made and kept right."""
    return render(request, "articles/about.html")


@public_page(sitemap=True)
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Privacy as questions and answers, for people and for machines."""
    questions = [(str(question), str(answer)) for question, answer in privacy_faq.PRIVACY]
    return render(request, "articles/privacy.html", {"questions": questions, "faq": structured_data.faq_page(questions)})


@public_page(sitemap=True)
@require_safe
def health_data(request: HttpRequest) -> HttpResponse:
    """What some laws want on a page of its own: health data, and the rights over it."""
    return render(request, "articles/health_data.html", {"backup_days": max(settings.BACKUP_KEEP_DAYS, 0)})


@public_page(sitemap=True)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, what doesn't yet, and where to say so."""
    return render(request, "articles/accessibility.html")
