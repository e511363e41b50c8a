"""Dan has no insurance and no money. He wants to know whether this center takes him before he says anything."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page_is_usable import visible_overflow
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize(
    ("path", "typed", "heading", "free", "place"),
    [
        ("/search/", "I can't afford rehab", "How you can pay", "Free of charge for people who can't pay", "What to bring"),
        ("/es/search/", "no tengo seguro", "Cómo puede pagar", "Gratis para quien no puede pagar", "Qué llevar"),
    ],
    ids=["English", "Spanish"],
)
def test_dan_asks_in_his_own_words_and_reads_that_he_can_come(live_site, new_page, axe, path, typed, heading, free, place):  # noqa: PLR0917
    page = new_page(**PHONE)
    page.goto(live_site.url + path)
    page.locator("main [name=q]").fill(typed)
    page.locator("main [name=q]").press("Enter")
    card = page.locator(".centre-answer")
    expect(card.get_by_role("heading", name=heading)).to_be_visible()
    expect(card.get_by_text(free)).to_be_visible()
    follow(card.get_by_role("link", name="Harbor House (demo)"))
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text(free)).to_be_visible()
    expect(page.get_by_role("heading", name=place)).to_be_visible()
    assert visible_overflow(page) <= 0
    axe(page)


def test_the_way_there_asks_nobody_until_dan_follows_the_link(live_site, new_page):
    page = new_page(java_script_enabled=False, **PHONE)
    page.goto(live_site.url + "/centers/harbor-house-demo/")
    link = page.get_by_role("link", name="See it on a map")
    expect(link).to_have_attribute("rel", "noreferrer nofollow")
    expect(page.get_by_text("opens openstreetmap.org, which then sees this address")).to_be_visible()
    for words in ("an invented center has no license", "Nobody works there", "Bus, train, parking, rides", "Detox: a place today"):
        expect(page.get_by_text(words)).to_be_visible()
