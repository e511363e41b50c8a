"""The dashboard in a real browser: its charts need no script, fit a phone and one printed page."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DASHBOARD = "/admin/intake/inquiry/dashboard/"
# Texts of a chart that lie upon each other or leave it.
CROWDED = """() => [...document.querySelectorAll("svg.chart")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect()
  const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()])
  const touch = (one, other) => one.left < other.right && other.left < one.right && one.top + 2 < other.bottom - 2
    && other.top + 2 < one.bottom - 2
  return boxes.filter(([_words, box], place) => box.left < frame.left - 1 || box.right > frame.right + 1
    || boxes.slice(place + 1).some(([_others, other]) => touch(box, other))).map(([words]) => words)
})"""


@pytest.fixture
def busy(arrives, amara):
    """Sixty people wrote in the last month, two or three a day, and forty were answered."""
    now = timezone.now()
    for number in range(60):
        answered = {"response_minutes": 7 * number, "contact_minutes": 9 * number, "claimed_by": amara, "attempts_made": 1 + number % 3}
        arrives(
            received_at=now - dt.timedelta(hours=11 * number + 1),
            guide_slug=f"guide-{number % 6}",
            **(answered if number % 3 else {}),
        )


@pytest.fixture
def dashboard(live_server, page_without_javascript, busy, luisa):
    """The dashboard as Luisa opens it in a browser without scripts."""
    page, client = page_without_javascript, Client()
    client.force_login(luisa)
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in client.cookies.items()])
    page.goto(f"{live_server.url}{DASHBOARD}?period=30")
    return page


def test_the_charts_can_be_read_without_scripts_on_a_phone_and_on_a_wide_screen(dashboard):
    for width in (360, 1280):
        dashboard.set_viewport_size({"width": width, "height": 900})
        assert dashboard.locator("svg.chart:visible").count() == 8
        assert dashboard.evaluate("document.documentElement.scrollWidth") <= width
        assert dashboard.evaluate(CROWDED) == []


def test_the_dashboard_prints_on_one_page(dashboard):
    assert len(re.findall(rb"/Type\s*/Page\b", dashboard.pdf(format="Letter"))) == 1
