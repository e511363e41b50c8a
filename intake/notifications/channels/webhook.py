"""Webhooks in the Standard Webhooks format (specification 1.0.0): signed, so that the receiver knows who sent them."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets

from django.conf import settings
from django.db.models import Q, QuerySet

from intake.crypto import sealing
from intake.models import Centre, Delivery, WebhookEndpoint
from intake.notifications import http_client, kinds

_TYPES = {
    "new_inquiry": "inquiry.received",
    "visitor_wrote": "inquiry.message_received",
    "danger": "inquiry.danger",
    "contact_changed": "inquiry.contact_changed",
    "withdrawn": "inquiry.withdrawn",
    "unclaimed": "inquiry.unclaimed",
    "offer_ended": "inquiry.offer_ended",
}


class WebhookRefused(Exception):
    """The receiver answered with something else than 2xx."""


def new_secret(endpoint: WebhookEndpoint) -> str:
    """Give `endpoint` (saved already) a new secret and return it in the form that receivers are given; it is shown once."""
    secret = secrets.token_bytes(32)
    endpoint.sealed_secret = sealing.seal_bytes(_label(endpoint), secret, _key())
    endpoint.save(update_fields=["sealed_secret"])
    return "whsec_" + base64.b64encode(secret).decode()


def endpoints(centre: Centre) -> QuerySet[WebhookEndpoint]:
    """Return the webhooks that are told of the inquiries of `centre`."""
    return WebhookEndpoint.objects.filter(Q(centre=None) | Q(centre=centre), is_active=True).exclude(sealed_secret=b"")


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header webhook-signature."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def body_of(delivery: Delivery, now: dt.datetime) -> bytes:
    """Return what the receiver is told: as little as a mail."""
    inquiry = delivery.inquiry
    if inquiry is None:
        raise ValueError("A webhook tells of an inquiry.")
    data = {
        "reference": inquiry.reference,
        "priority": inquiry.priority,
        "answer_by": inquiry.answer_by.isoformat() if inquiry.answer_by else None,
        "link": kinds.link(inquiry),
    }
    return json.dumps({"type": _TYPES[delivery.kind], "timestamp": now.isoformat(), "data": data}, separators=(",", ":")).encode()


def send(delivery: Delivery, now: dt.datetime) -> None:
    """Send a delivery to its webhook; raise WebhookRefused or the network's error. The id stays the same at every try."""
    endpoint = delivery.endpoint
    if endpoint is None or not endpoint.is_active:
        return
    body, timestamp, message_id = body_of(delivery, now), int(now.timestamp()), f"msg_{delivery.pk.hex}"
    secret = sealing.open_bytes(_label(endpoint), endpoint.sealed_secret, _key())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    status = http_client.post(endpoint.url, body, headers)
    if not 200 <= status < 300:
        raise WebhookRefused


def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"recovery-site webhook secrets v1", "sha256")


def _label(endpoint: WebhookEndpoint) -> bytes:
    return f"webhook:{endpoint.pk}".encode()
