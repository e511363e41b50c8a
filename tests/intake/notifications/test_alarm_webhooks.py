"""The recipes of docs/operations.md for a push server and for paging services, against a server that stands in for them."""

import pytest
from django.test import Client

from intake.models import Event, Membership, WebhookEndpoint
from intake.notifications import http_client, recipients
from intake.notifications.channels import webhook
from tests.intake.notifications.alarm_night import NIGHT, events, typed, work

pytestmark = pytest.mark.django_db


def hook(url, **more):
    endpoint = WebhookEndpoint.objects.create(name="pager", url=url, **more)
    webhook.new_secret(endpoint)
    return endpoint


def test_a_push_server_is_told_of_danger_only_and_its_address_keeps_the_template(night, riverside, monkeypatch):
    posted = []
    monkeypatch.setattr(http_client, "post", lambda url, body, headers, inside: posted.append((url, body)) or 200)
    address = "https://push.example.org/t0pic?tpl=1&p=5&t=Danger&m=%7B%7B.data.reference%7D%7D"
    hook(address, danger_only=True)
    typed("Hello")
    work(night)
    assert posted == []
    inquiry = typed().inquiry
    work(night)
    assert [url for url, _body in posted] == [address]
    assert f'"reference":"{inquiry.reference}"'.encode() in posted[0][1]
    work(night, 5)
    assert len(posted) == 2


def test_a_paging_service_gets_the_same_key_each_time_and_the_rest_of_the_site_nothing_of_the_words(night, riverside, receiver):
    hook(receiver.url + "?integration=k", danger_only=True)
    inquiry = typed().inquiry
    for _ring in range(3):
        work(night, 5)
    assert len(receiver.seen) == 3
    assert all(inquiry.reference.encode() in body and b"pills" not in body for _headers, body in receiver.seen)
    assert recipients.reaches_somebody(riverside, NIGHT)
    assert events(Event.Kind.RUNG)[0] == {"by": "system", "to": [], "shared": True, "ring": 1}
    assert not events(Event.Kind.NOBODY_TOLD)


def test_nobody_without_a_membership_gets_in_by_being_rung(night, riverside, olga_operates):
    inquiry = typed().inquiry
    assert not Membership.objects.exists()
    client = Client()
    client.force_login(olga_operates)
    assert client.get(f"/admin/intake/inquiry/{inquiry.reference}/").status_code == 404
    page = client.get("/admin/").content.decode()
    assert inquiry.reference in page
    assert f"/admin/intake/inquiry/{inquiry.reference}/" not in page
