"""Mo pastes a link out of a chat, which looks automatic. Mo is asked once more, and gets through with and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page_is_usable import visible_overflow
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]
PASTED = "I read [url=https://example.org]this[/url] and I want to stop.\nNot on Mondays."
PHONE = {"viewport": {"width": 360, "height": 640}}


def sends(page: Page, address: str, *, send: str = "Send", myself: str = "Myself", way: str = "Only on this site") -> None:
    page.goto(address)
    page.get_by_label(myself, exact=True).check()
    page.locator("[name=message]").fill(PASTED)
    page.get_by_label(way).check()
    follow(page.get_by_role("button", name=send, exact=True))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_mo_presses_send_again_and_gets_the_receipt(live_site, new_page, axe, scripts):
    page = new_page(java_script_enabled=scripts, **PHONE)
    sends(page, f"{live_site.url}/contact/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please press Send again")
    assert page.title() == "Contact: press Send again"
    button = page.get_by_role("button", name="Send", exact=True)
    # Above the bar "Leave this page", at the lower edge of the first screen.
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < page.locator("#leave").bounding_box()["y"]
    # One button that sends, one that goes back to the words, and nothing that shows them to somebody who looks on.
    expect(page.get_by_text("Not on Mondays")).to_have_count(0)
    if scripts:
        assert visible_overflow(page) <= 0
        axe(page)
    button.click()
    expect(page.locator("ol.receipt li")).to_have_count(7)


def test_mo_changes_the_words_first(live_site, new_page):
    page = new_page(java_script_enabled=False, **PHONE)
    sends(page, f"{live_site.url}/contact/")
    follow(page.get_by_role("button", name="Change what I wrote"))
    expect(page.locator("[name=message]")).to_have_value(PASTED)
    page.locator("[name=message]").fill("I want to stop.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("ol.receipt li")).to_have_count(7)


def test_the_same_in_spanish(live_site, new_page):
    page = new_page(locale="es", **PHONE)
    sends(page, f"{live_site.url}/es/contact/", send="Enviar", myself="Para mí", way="Solo en este sitio")
    expect(page.get_by_role("heading", level=1)).to_have_text("Oprima Enviar una vez más")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("ol.receipt li")).to_have_count(7)
