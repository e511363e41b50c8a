"""The ways by which mail to those who run the site leaves: EMAIL_URL, and EMAIL_URL_2 in case the first is dead."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def ways() -> dict[str, Any]:
    """Return {name of the variable: connection}, the main one first."""
    found = {"EMAIL_URL": get_connection()}
    if second := settings.SECOND_EMAIL:
        found["EMAIL_URL_2"] = get_connection(
            second["EMAIL_BACKEND"],
            host=second.get("EMAIL_HOST"),
            port=second.get("EMAIL_PORT"),
            username=second.get("EMAIL_HOST_USER") or "",
            password=second.get("EMAIL_HOST_PASSWORD") or "",
            use_tls=second.get("EMAIL_USE_TLS", False),
            use_ssl=second.get("EMAIL_USE_SSL", False),
            timeout=settings.EMAIL_TIMEOUT,
            **({"file_path": second["EMAIL_FILE_PATH"]} if second["EMAIL_BACKEND"].endswith("filebased.EmailBackend") else {}),
        )
    return found


def send(way: Any, address: str, subject: str, body: str) -> None:
    """Send a mail that nobody should answer. Raises the mail server's errors."""
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers, connection=way).send()
