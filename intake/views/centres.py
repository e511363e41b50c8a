"""The centres: who answers, where, and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from intake.models import Centre
from intake.views import centre_pages


@require_safe
@cache_control(public=True, max_age=300)
def centre_list(request: HttpRequest) -> HttpResponse:
    """All centres by name. Two queries."""
    centres = [_shown(centre) for centre in Centre.objects.prefetch_related("opening_hours")]
    return render(request, "intake/centre_list.html", {"centres": centres})


@require_safe
@cache_control(public=True, max_age=300)
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    """One centre: services, hours in its own time zone, phone, languages, and how to get there in words."""
    found = get_object_or_404(Centre.objects.prefetch_related("opening_hours"), slug=slug)
    return render(request, "intake/centre.html", _shown(found) | {"business": centre_pages.medical_business(found)})


def _shown(found: Centre) -> dict[str, object]:
    return {
        "centre": found,
        "week": centre_pages.week(found),
        "zone": centre_pages.zone_name(found),
        "languages": centre_pages.languages(found),
        "tel": centre_pages.tel(found.phone),
        "services": [line.strip() for line in found.services.splitlines() if line.strip()],
    }
