"""The style guide is for staff and shows every component in every state."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from lxml import html

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_visitors_are_asked_to_sign_in(client):
    answer = client.get("/styleguide/")
    assert answer.status_code == 302
    assert "/admin/login/" in answer.headers["Location"]


def test_staff_see_every_component_and_nothing_inline(client):
    client.force_login(User.objects.create_user("sam", is_staff=True))
    answer = client.get("/styleguide/")
    page = html.fromstring(answer.content)
    for component in (".callout-emergency", ".callout-family", ".notice", ".card", ".message-own", ".receipt", ".error-summary", ".chips"):
        assert page.cssselect(component)
    assert not page.cssselect("[style], style")
    assert answer.headers["Cache-Control"].count("no-store") == 1
    ids = [element.get("id") for element in page.cssselect("[id]")]
    assert len(ids) == len(set(ids))


# Parts of the page layout, or states that appear after a click.
ELSEWHERE = {"blank", "leaving", "closing-soon"}


def test_every_class_of_the_style_sheet_is_shown(client):
    client.force_login(User.objects.create_user("sam", is_staff=True))
    page = html.fromstring(client.get("/styleguide/").content)
    shown = {name for element in page.iter() if isinstance(element.tag, str) for name in (element.get("class") or "").split()}
    sheet = Path(settings.BASE_DIR, "static/css/site.css").read_text()
    known = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)))
    assert sorted(known - shown - ELSEWHERE) == []


def test_every_colour_is_shown(client):
    client.force_login(User.objects.create_user("sam", is_staff=True))
    page = html.fromstring(client.get("/styleguide/").content)
    shown = {element.text_content() for element in page.cssselect(".swatch")}
    root = Path(settings.BASE_DIR, "static/css/site.css").read_text().split("}")[0]
    assert {name for name, _value in re.findall(r"--([a-z-]+): (#)", root)} <= shown
