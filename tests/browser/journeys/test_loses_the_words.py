"""Lee mistypes the words of the receipt, and then loses them."""

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, ask, open_mailbox, words_on
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_lee_is_told_what_is_wrong_and_the_right_words_always_open(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE)
    entrance = live_site.url + "/mailbox/"
    words = ask(page, live_site.url + "/contact/", "The kettle sings at night.")
    # The way back from a notes app, another language, or a look at the numbers.
    page.reload()
    assert words_on(page) == words
    follow(page.get_by_role("link", name="Español").first)
    assert words_on(page) == words

    open_mailbox(page, entrance, " ".join(words[:-2]))
    expect(page.locator("#errors")).to_contain_text("2 words are missing")
    open_mailbox(page, entrance, " ".join([*words, words[0]]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your mailbox")  # one word too many is forgiven
    # More often than a limit would allow that counted what is right.
    for number in range(11 if scripts else 2):
        written = ", ".join(words).upper() if number % 2 else " ".join(words)
        open_mailbox(page, entrance, written)
        expect(page.get_by_role("heading", level=1)).to_have_text("Your mailbox")
        expect(page.get_by_text("The kettle sings at night.")).to_be_visible()


def test_who_lost_the_words_and_left_a_number_has_a_way_back(live_site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(live_site.url + "/mailbox/")
    expect(page.get_by_role("heading", name="Lost your words?")).to_be_visible()
    expect(page.locator("main")).to_contain_text("call us and say that you lost your words")
    expect(page.locator("main a[href='tel:+12025550100']")).to_be_visible()
