"""A webhook is told as little as a mail, signed, and again until it took it."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets

import pytest
from django.utils import timezone

from intake.models import Notification, WebhookEndpoint
from intake.notifications import outbox, recipients
from intake.notifications.channels import webhook
from intake.submission import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(receiver):
    made = WebhookEndpoint.objects.create(name="board", url=receiver.url)
    made.shown_secret = webhook.new_secret(made)
    return made


def sent(inquiry_data):
    inquiry = receive.receive(inquiry_data, form_token=secrets.token_bytes(16)).inquiry
    outbox.send_due()
    return inquiry, Notification.objects.get(channel="webhook")


def test_the_whole_message_and_its_signature(riverside, inquiry_data, receiver, endpoint):
    inquiry, hook = sent(inquiry_data)
    [(headers, body)] = receiver.seen
    assert json.loads(body) == {
        "type": "inquiry.received",
        "timestamp": hook.happened_at.isoformat(),
        "data": {
            "reference": inquiry.reference,
            "priority": 3,
            "answer_by": inquiry.answer_by.isoformat(),
            "link": f"http://127.0.0.1:8000/admin/intake/inquiry/{inquiry.reference}/",
        },
    }
    headers = {name.lower(): value for name, value in headers.items()}
    secret = base64.b64decode(endpoint.shown_secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    hook.refresh_from_db()
    assert hook.state == "sent"


@pytest.mark.parametrize("status", [500, 301])
def test_refused_or_sent_elsewhere_it_is_tried_again_with_the_same_id(riverside, inquiry_data, receiver, endpoint, status):
    receiver.status = status
    _inquiry, hook = sent(inquiry_data)
    hook.refresh_from_db()
    assert (hook.state, hook.last_error) == ("pending", "WebhookRefused")
    receiver.status = 200
    outbox.send_all_due(timezone.now() + dt.timedelta(minutes=2))
    hook.refresh_from_db()
    assert hook.state == "sent"
    bodies = [json.loads(body) for _headers, body in receiver.seen]
    assert {body["timestamp"] for body in bodies} == {hook.happened_at.isoformat()}
    assert len({headers["Webhook-Id"] if "Webhook-Id" in headers else headers["Webhook-id"] for headers, _body in receiver.seen}) == 1


def test_where_nobody_listens_it_waits_and_the_visitor_knows_nothing_of_it(riverside, inquiry_data, endpoint):
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hook")
    inquiry, hook = sent(inquiry_data)
    hook.refresh_from_db()
    assert (hook.state, hook.last_error) == ("pending", "URLError")
    assert inquiry.state == "new"


def test_a_stolen_database_can_not_sign(riverside, endpoint):
    stored = bytes(WebhookEndpoint.objects.get().sealed_secret)
    assert base64.b64decode(endpoint.shown_secret.removeprefix("whsec_")) not in stored


def test_a_webhook_of_another_centre_or_out_of_use_hears_nothing(riverside, inquiry_data, endpoint):
    WebhookEndpoint.objects.update(is_active=False)
    assert not recipients.webhooks(riverside).exists()


def test_what_was_given_up_can_be_sent_again_in_the_admin(riverside, inquiry_data, receiver, endpoint, admin_client):
    receiver.status = 500
    _inquiry, hook = sent(inquiry_data)
    Notification.objects.filter(pk=hook.pk).update(state="dead", attempts=11)
    page = admin_client.get("/admin/intake/notification/?state__exact=dead").content.decode()
    assert "WebhookRefused" in page
    admin_client.post("/admin/intake/notification/", {"action": "send_again", "_selected_action": [str(hook.pk)]})
    receiver.status = 204
    outbox.send_all_due(timezone.now())
    hook.refresh_from_db()
    assert hook.state == "sent"


def test_the_secret_is_shown_once_when_it_is_made(admin_client, db):
    page = admin_client.post(
        "/admin/intake/webhookendpoint/add/", {"name": "b", "url": "https://a.example/x", "is_active": "on"}, follow=True
    )
    assert "whsec_" in page.content.decode()
    assert "whsec_" not in admin_client.get(f"/admin/intake/webhookendpoint/{WebhookEndpoint.objects.get().pk}/change/").content.decode()
