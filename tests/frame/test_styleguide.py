"""The page of components is for staff, and its sample forms show every state."""

import pytest
from lxml import html

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_visitors_are_asked_to_sign_in(client):
    answer = client.get("/styleguide/")
    assert answer.status_code == 302
    assert "/admin/login/" in answer.headers["Location"]


def test_staff_see_every_component_and_nothing_in_line(client):
    client.force_login(User.objects.create_user("sam", is_staff=True))
    answer = client.get("/styleguide/")
    page = html.fromstring(answer.content)
    for component in (".callout-emergency", ".callout-family", ".notice", ".card", ".message-own", ".receipt", ".error-summary", ".chips"):
        assert page.cssselect(component)
    assert not page.cssselect("[style], style")
    assert answer.headers["Cache-Control"].count("no-store") == 1
    ids = [element.get("id") for element in page.cssselect("[id]")]
    assert len(ids) == len(set(ids))
