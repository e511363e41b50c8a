"""The centres: who answers, where, when, and how to pay; and whom to call now."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from intake.models import Centre
from intake.views import centre_pages
from recovery_site import helplines, languages
from recovery_site.pages.public_pages import keep_until, public_page

# The helplines of the page for help now, in this order; the others are one press away.
FIRST_CALLS = ("emergency", "crisis", "treatment")


@public_page(sitemap=True)
@require_safe
def centre_list(request: HttpRequest) -> HttpResponse:
    """All centres by name. Five queries."""
    return render(request, "intake/centre_list.html", {"centres": _all(request)})


@public_page(sitemap=centre_pages.for_the_sitemap)
@require_safe
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    """One centre: whether it is open, its hours in its own time zone, how to pay, what is free now, and how to get there. Five queries."""
    found = centre_pages.centres().filter(slug=slug).first()
    if found is None:
        raise Http404
    shown = _shown(request, found)
    return render(request, "intake/centre.html", shown | {"business": centre_pages.medical_business(found)})


@public_page(sitemap=True)
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call now: the helplines that answer day and night, our centres and whether they are open, then writing. Five queries."""
    lines = {line.key: line for line in helplines.helplines(settings.COUNTRY, languages.current())}
    context = {
        "calls": [lines[key] for key in FIRST_CALLS if key in lines],
        "text_line": lines.get("text"),
        "centres": _all(request),
    }
    return render(request, "intake/help_now.html", context)


def _all(request: HttpRequest) -> list[dict[str, Any]]:
    return [_shown(request, found) for found in centre_pages.centres()]


def _shown(request: HttpRequest, found: Centre) -> dict[str, Any]:
    """Return what is shown of a centre. The page may be kept only until the words about being open change."""
    shown = centre_pages.shown(found, languages.current(), timezone.now())
    keep_until(request, shown["state"].changes_at)
    return shown
