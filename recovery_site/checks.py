"""System checks of the project's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security)
def visitors_are_told_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the address of a visitor isn't the proxy's, by which all visitors would share one rate limit."""
    if settings.SECURE_PROXY_SSL_HEADER is None or settings.CLIENT_ADDRESS_HEADER != "REMOTE_ADDR":
        return []
    return [
        Warning(
            "A proxy stands before the site, and CLIENT_ADDRESS_HEADER is REMOTE_ADDR: every request seems to come from the proxy.",
            hint="Set CLIENT_ADDRESS_HEADER to the header in which the proxy writes the visitor's address, such as HTTP_X_REAL_IP.",
            id="recovery_site.W001",
        )
    ]
