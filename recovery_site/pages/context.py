"""Context processor with the settings that every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """Names and addresses of the site itself; nothing of the visitor, and no query."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "serves_visitors": settings.SERVES_VISITORS}
