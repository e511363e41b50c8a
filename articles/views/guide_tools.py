"""Views for the tools at the end of a guide: feedback and sending it to another device."""

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles import feedback, published
from articles.models import Edition
from recovery_site import languages
from recovery_site.pages.public_pages import public_page


@csrf_exempt  # it only counts, and a token would need a cookie
@require_POST
def helpful(request: HttpRequest, slug: str) -> HttpResponse:
    """Count a yes or a no and redirect to a page that can be reloaded without counting again."""
    edition = _edition(slug)
    answer = request.POST.get("helpful")
    same_origin = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    if answer in ("yes", "no") and same_origin:
        feedback.count(edition.guide, helpful=answer == "yes", today=timezone.localdate())
    response = HttpResponseRedirect(reverse("articles:thanks"))
    response.status_code = 303
    return response


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Thank the reader and say where to write to."""
    return render(request, "articles/thanks.html")


@public_page(listed=False)
@require_safe
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the guide's URL as a QR code, to open it on a phone or print it."""
    edition = _edition(slug)
    address = settings.SITE_URL + edition.get_absolute_url()
    return render(request, "articles/send.html", {"edition": edition, "address": address, "picture": square(address)})


def square(address: str) -> SafeString:
    """Return `address` as a QR code in SVG. Safe: segno's output contains only paths, never the text itself."""
    code = segno.make(address, error="m").svg_inline(scale=6, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(code)  # noqa: S308


def _edition(slug: str) -> Edition:
    edition = published.edition_at(languages.current(), slug)
    if edition is None:
        raise Http404
    return edition
