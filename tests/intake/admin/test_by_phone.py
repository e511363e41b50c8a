"""Staff take a request down for somebody who called; the words they read out are good for one opening."""

import re

import pytest
from django.test import Client

from intake.models import Event, Inquiry

pytestmark = pytest.mark.django_db
URL = "/admin/intake/inquiry/by-phone/"


def token(page):
    return re.search(r'name="token"[^>]*value="([^"]*)"', page.content.decode()).group(1)


def test_the_caller_gets_words_that_must_be_replaced(amara, client):
    client.force_login(amara)
    form = {
        "token": token(client.get(URL)),
        "for_whom": "self",
        "contact_way": "mailbox",
        "message": "Called at noon",
        "caller_language": "es",
    }
    page = client.post(URL, form).content.decode()
    inquiry = Inquiry.objects.get()
    assert inquiry.reference in page
    words = re.findall(r"<li>(\w+)</li>", page)[-7:]
    event = Event.objects.get(kind=Event.Kind.RECEIVED)
    assert (event.actor, event.data.get("by")) == (amara, None)
    caller = Client()
    assert caller.post("/mailbox/", {"words": " ".join(words)}).status_code == 303
    assert caller.get("/mailbox/open/")["Location"] == "/mailbox/words/"


def test_a_mistake_keeps_what_was_typed(amara, client):
    client.force_login(amara)
    form = {"token": token(client.get(URL)), "for_whom": "self", "contact_way": "phone", "phone": "12", "message": "keep this"}
    page = client.post(URL, form).content.decode()
    assert "keep this" in page
    assert not Inquiry.objects.exists()


def test_pressing_store_twice_is_one_request(amara, client):
    client.force_login(amara)
    form = {"token": token(client.get(URL)), "for_whom": "self", "contact_way": "mailbox"}
    client.post(URL, form)
    client.post(URL, form)
    assert Inquiry.objects.count() == 1
