"""A webhook is told as little as a mail, signed, and again until it took it."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets

import pytest
from django.core import checks
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
    assert len({{name.lower(): value for name, value in headers.items()}["webhook-id"] for headers, _body in receiver.seen}) == 1


def test_where_nobody_listens_it_waits_and_the_visitor_knows_nothing_of_it(riverside, inquiry_data, endpoint):
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hook")
    inquiry, hook = sent(inquiry_data)
    hook.refresh_from_db()
    assert (hook.state, hook.last_error) == ("pending", "ConnectionRefusedError")
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


class TestWhereItLeads:
    @pytest.fixture(autouse=True)
    def nothing_inside_is_allowed(self, settings):
        settings.WEBHOOKS_INSIDE = []

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("http://board.example.org/hook", "begins with https"),
            ("https://127.0.0.1/hook", "in our own network"),
            ("https://169.254.169.254/latest/", "in our own network"),
            ("https://[::1]:8000/hook", "in our own network"),
            ("https://[::ffff:10.0.0.1]/hook", "in our own network"),
            ("https://192.168.1.5/hook", "in our own network"),
        ],
    )
    def test_olga_is_told_why_an_address_is_not_taken(self, client, olga, url, words):
        client.force_login(olga)
        page = client.post("/admin/intake/webhookendpoint/add/", {"name": "board", "url": url, "is_active": "on"})
        assert words in page.content.decode()
        assert not WebhookEndpoint.objects.exists()

    def test_what_the_operator_names_is_taken(self, client, olga, settings):
        settings.WEBHOOKS_INSIDE = ["pager.lan"]
        client.force_login(olga)
        client.post("/admin/intake/webhookendpoint/add/", {"name": "pager", "url": "http://pager.lan/hook", "is_active": "on"})
        assert WebhookEndpoint.objects.get().url == "http://pager.lan/hook"

    def test_a_name_that_leads_inside_is_sent_nothing(self, riverside, inquiry_data, receiver, endpoint, monkeypatch):
        WebhookEndpoint.objects.update(url=receiver.url.replace("http://127.0.0.1", "https://board.example.org"))
        monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", ("127.0.0.1", 443))])
        _inquiry, hook = sent(inquiry_data)
        hook.refresh_from_db()
        assert (hook.state, hook.last_error) == ("dead", "Undeliverable")
        assert receiver.seen == []

    def test_an_address_from_before_the_rule_is_named_by_the_check(self, endpoint):
        [found] = [message for message in checks.run_checks(databases=["default"]) if message.id == "intake.E007"]
        assert "board" in found.msg
