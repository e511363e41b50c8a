"""Vic drinks a liter of vodka every day and wants to stop today, which can kill. The site says so at every step."""

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, ask, fill
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

STORY = "I drink a liter of vodka every day and I want to stop today"
WARNING = "Don't stop suddenly: it can kill."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_vic_is_warned_in_the_search_and_after_sending(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE)
    page.goto(live_site.url + "/")
    page.locator("main [name=q]").fill(STORY)
    follow(page.locator("main").get_by_role("button", name="Search"))
    card = page.locator("main .callout-emergency")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(WARNING)
    expect(card.locator("a[href='tel:911']").first).to_be_in_viewport()
    expect(page.locator("main")).not_to_contain_text("later of vodka")
    expect(page.locator("main .rows a").first).to_have_text("Alcohol withdrawal")

    ask(page, live_site.url + "/contact/", STORY)
    urgent = page.get_by_role("complementary", name="This may be urgent")
    expect(urgent).to_contain_text(WARNING)
    expect(urgent.locator("a[href='tel:911']").first).to_be_in_viewport()
    expect(page.locator("main .callout-emergency")).to_have_count(1)


def test_vic_is_warned_while_writing(live_site, new_page):
    page = new_page(viewport=PHONE)
    fill(page, live_site.url + "/contact/", STORY)
    expect(page.locator("[data-danger-vocabulary]")).to_contain_text(WARNING)
    expect(page.locator("[data-danger-vocabulary] a[href='tel:911']:visible").first).to_be_visible()


def test_one_emergency_card_at_the_top_when_something_is_missing(live_site, new_page):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    fill(page, live_site.url + "/contact/", STORY, contact_way="phone")
    follow(page.get_by_role("button", name="Send", exact=True).last)
    cards = page.locator("main .callout-emergency:visible")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text(WARNING)
    expect(cards).to_contain_text("Nobody watches this form around the clock.")
