"""Webhooks in the Standard Webhooks format (specification 1.0.0): signed, so that the receiver knows who sent them."""

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.crypto import sealing
from intake.models import Inquiry, Notification, WebhookEndpoint
from intake.notifications import http_client, recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Kind
from recovery_site.network import connections


class WebhookRefused(Exception):
    """The receiver answered with something else than 2xx."""


def new_secret(endpoint: WebhookEndpoint) -> str:
    """Give `endpoint` (saved already) a new secret and return it in the form that receivers are given; it is shown once."""
    secret = secrets.token_bytes(32)
    endpoint.sealed_secret = sealing.seal_bytes(_label(endpoint), secret, _key(settings.SECRET_KEY))
    endpoint.save(update_fields=["sealed_secret"])
    return "whsec_" + base64.b64encode(secret).decode()


def objection(url: str) -> str:
    """Return why nothing is posted to `url`, in words for whoever typed it, or "" if something is."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return _("This is not a web address.")
    if _is_allowed_inside(url):
        return ""
    if parts.scheme != "https":
        return _(
            "Use an address that begins with https://, so that nobody can read along. If the receiver is in your own network, ask the "
            "operator to name it in WEBHOOKS_INSIDE."
        )
    with contextlib.suppress(ValueError):  # a name, which is looked up when something is sent
        if not connections.is_public(host):
            return _("This address is in our own network. If that is meant, ask the operator to name it in WEBHOOKS_INSIDE.")
    return ""


def _is_allowed_inside(url: str) -> bool:
    return urlsplit(url).hostname in settings.WEBHOOKS_INSIDE


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header webhook-signature."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def body_of(notification: Notification, now: dt.datetime) -> bytes:
    """Return the JSON that the receiver is sent, the same at every try. It says as little as an e-mail to staff.

    Its timestamp is that of the event, as the specification has it; the header webhook-timestamp is that of the try, at `now`.
    """
    happened_at = notification.happened_at or now
    inquiry = notification.inquiry
    data = {
        "reference": inquiry.reference,
        "priority": inquiry.priority,
        "answer_by": inquiry.answer_by.isoformat() if inquiry.answer_by else None,
        "link": staff_text.case_link(inquiry),
    }
    event_type = Kind(notification.kind).spec.event_type
    return json.dumps({"type": event_type, "timestamp": happened_at.isoformat(), "data": data}, separators=(",", ":")).encode()


@register
class Webhook(Channel):
    code = "webhook"
    label = gettext_lazy("a webhook")
    order = 1

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        if not kind.spec.event_type:
            return []
        told = recipients.webhooks(inquiry.centre)
        return [Recipient(endpoint=endpoint) for endpoint in (told if kind is Kind.DANGER else told.filter(danger_only=False))]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Post it; raise WebhookRefused, http_client.Undeliverable or the network's errors. The id stays the same at every try."""
        endpoint = notification.endpoint
        if endpoint is None or not endpoint.is_active:
            return
        body, timestamp, message_id = body_of(notification, now), int(now.timestamp()), f"msg_{notification.pk.hex}"
        secret = _secret(endpoint)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, message_id, timestamp, body),
        }
        if objection(endpoint.url):
            raise http_client.Undeliverable
        status = http_client.post(endpoint.url, body, headers, inside=_is_allowed_inside(endpoint.url))
        if not 200 <= status < 300:
            raise WebhookRefused


@transaction.atomic
def seal_again() -> int:
    """Seal every secret under the site's current secret, and return how many there are. Raises SealBroken."""
    endpoints = WebhookEndpoint.objects.select_for_update().exclude(sealed_secret=b"")
    for endpoint in endpoints:
        endpoint.sealed_secret = sealing.seal_bytes(_label(endpoint), _secret(endpoint), _key(settings.SECRET_KEY))
        endpoint.save(update_fields=["sealed_secret"])
    return len(endpoints)


def _secret(endpoint: WebhookEndpoint) -> bytes:
    """Return the secret, sealed under the site's current secret or under a former one. Raises SealBroken."""
    # Until 0.1 it was sealed under the secret that is now the visitors' forms'.
    for site_secret in (*settings.SECRET_KEY_FALLBACKS, settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS):
        with contextlib.suppress(sealing.SealBroken):
            return sealing.open_bytes(_label(endpoint), endpoint.sealed_secret, _key(site_secret))
    return sealing.open_bytes(_label(endpoint), endpoint.sealed_secret, _key(settings.SECRET_KEY))


def _key(site_secret: str) -> bytes:
    return hmac.digest(site_secret.encode(), b"recovery-site webhook secrets v1", "sha256")


def _label(endpoint: WebhookEndpoint) -> bytes:
    return f"webhook:{endpoint.pk}".encode()
