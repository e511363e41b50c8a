"""Rosa wants one number and the hours. She reads badly in the dark, on a small phone, and does not scroll."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page_is_usable import visible_overflow
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

PHONE = {"viewport": {"width": 360, "height": 740}}
SAYS_WHETHER = re.compile(r"Open until|Closed now, opens")
SAYS_WHETHER_IN_SPANISH = re.compile(r"Abierto hasta|Cerrado ahora, abre")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_tap_on_the_front_page_leads_to_the_number_and_whether_it_is_open(live_site, new_page, axe, scripts):
    page = new_page(java_script_enabled=scripts, **PHONE)
    page.goto(live_site.url + "/")
    follow(page.get_by_role("link", name="I need help now"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Help now")
    expect(page.get_by_role("link", name="Call 911")).to_be_in_viewport()
    expect(page.locator("main").get_by_role("link", name="Call (202) 555-0100")).to_have_attribute("href", "tel:+12025550100")
    expect(page.locator("main .open-state")).to_have_text(SAYS_WHETHER)
    if scripts:
        assert visible_overflow(page) <= 0
        axe(page)
    assert page.context.cookies() == []


def test_the_foot_of_a_guide_has_both(live_site, new_page):
    page = new_page(**PHONE)
    page.goto(live_site.url + "/guides/alcohol-withdrawal/")
    foot = page.locator("footer .front-desk")
    expect(foot.get_by_role("link", name="(202) 555-0100")).to_have_attribute("href", "tel:+12025550100")
    expect(foot).to_contain_text(SAYS_WHETHER)


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("/search/", "phone number", SAYS_WHETHER),
        ("/search/", "opening hours", "Monday: 8 a.m. – 8 p.m."),
        ("/es/search/", "horario", SAYS_WHETHER_IN_SPANISH),
    ],
)
def test_search_answers_above_the_guides(live_site, new_page, axe, path, typed, words):  # noqa: PLR0917
    page = new_page(**PHONE)
    page.goto(live_site.url + path)
    page.locator("main [name=q]").fill(typed)
    page.locator("main [name=q]").press("Enter")
    card = page.locator(".centre-answer")
    expect(card).to_contain_text(words)
    expect(card.locator('a[href="tel:+12025550100"]')).to_be_visible()
    assert visible_overflow(page) <= 0
    axe(page)


def test_a_number_in_a_guide_is_one_tap_away(live_site, new_page):
    page = new_page(**PHONE)
    page.goto(live_site.url + "/guides/what-heroin-withdrawal-feels-like/")
    text = page.locator(".prose")
    expect(text.locator('a[href="tel:911"]').first).to_be_visible()
    expect(text.locator('a[href="sms:741741?body=HOME"]')).to_have_text("741741")
    expect(text.locator('a[href="tel:+18006624357"]').first).to_be_visible()
    page.emulate_media(media="print")
    expect(text.get_by_text("text HOME to 741741")).to_be_visible()
