"""Context processor with the settings that every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def of_the_site() -> dict[str, Any]:
    """Return the site's name and URL. No queries, and nothing about the visitor."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "serves_visitors": settings.SERVES_VISITORS}


def site(_request: HttpRequest) -> dict[str, Any]:
    """Context processor for pages rendered with a request."""
    return of_the_site()
