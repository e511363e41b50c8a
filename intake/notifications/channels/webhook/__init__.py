"""Webhooks in the Standard Webhooks format (specification 1.0.0): signed, so that the receiver knows who sent them."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from intake.crypto import sealing
from intake.models import Inquiry, Notification, WebhookEndpoint
from intake.notifications import http_client, recipients, staff_text
from intake.notifications.channels import Channel, Recipient, register
from intake.notifications.kinds import Kind


class WebhookRefused(Exception):
    """The receiver answered with something else than 2xx."""


def new_secret(endpoint: WebhookEndpoint) -> str:
    """Give `endpoint` (saved already) a new secret and return it in the form that receivers are given; it is shown once."""
    secret = secrets.token_bytes(32)
    endpoint.sealed_secret = sealing.seal_bytes(_label(endpoint), secret, _keys()[0])
    endpoint.save(update_fields=["sealed_secret"])
    return "whsec_" + base64.b64encode(secret).decode()


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
    label = _("a webhook")
    order = 1

    def recipients(self, inquiry: Inquiry, kind: Kind, now: dt.datetime) -> Iterable[Recipient]:
        if not kind.spec.event_type:
            return []
        told = recipients.webhooks(inquiry.centre)
        return [Recipient(endpoint=endpoint) for endpoint in (told if kind is Kind.DANGER else told.filter(danger_only=False))]

    def send(self, notification: Notification, now: dt.datetime) -> None:
        """Post it; raise WebhookRefused or the network's errors. The id stays the same at every try."""
        endpoint = notification.endpoint
        if endpoint is None or not endpoint.is_active:
            return
        body, timestamp, message_id = body_of(notification, now), int(now.timestamp()), f"msg_{notification.pk.hex}"
        secret = _secret_of(endpoint)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, message_id, timestamp, body),
        }
        status = http_client.post(endpoint.url, body, headers)
        if not 200 <= status < 300:
            raise WebhookRefused


def _secret_of(endpoint: WebhookEndpoint) -> bytes:
    """Return the secret, which one of the site's keys opens. Raises sealing.SealBroken."""
    *former, last = _keys()
    for key in former:
        with suppress(sealing.SealBroken):
            return sealing.open_bytes(_label(endpoint), endpoint.sealed_secret, key)
    return sealing.open_bytes(_label(endpoint), endpoint.sealed_secret, last)


def _keys() -> list[bytes]:
    """Return the key that secrets are sealed with, then former ones. Until 0.1 it was made from the secret that visitors' forms have."""
    secret_keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, settings.FORM_SECRET, *settings.FORM_SECRET_FALLBACKS)
    return [hmac.digest(key.encode(), b"recovery-site webhook secrets v1", "sha256") for key in secret_keys]


def _label(endpoint: WebhookEndpoint) -> bytes:
    return f"webhook:{endpoint.pk}".encode()
