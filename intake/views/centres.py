"""Pages of the centres."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from intake.models import Centre
from intake.views import centre_pages


@require_safe
@cache_control(public=True, max_age=300)
def centre_list(request: HttpRequest) -> HttpResponse:
    """List all centres by name. Two queries."""
    centres = [_context(centre) for centre in Centre.objects.prefetch_related("opening_hours")]
    return render(request, "intake/centre_list.html", {"centres": centres})


@require_safe
@cache_control(public=True, max_age=300)
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one centre: services, opening hours in its time zone, phone, languages and directions."""
    row = get_object_or_404(Centre.objects.prefetch_related("opening_hours"), slug=slug)
    return render(request, "intake/centre.html", _context(row) | {"business": centre_pages.medical_business(row)})


def _context(row: Centre) -> dict[str, object]:
    return {
        "centre": row,
        "week": centre_pages.week(row),
        "zone": centre_pages.zone_name(row),
        "languages": centre_pages.languages(row),
        "tel": centre_pages.tel(row.phone),
        "services": [line.strip() for line in row.services.splitlines() if line.strip()],
    }
