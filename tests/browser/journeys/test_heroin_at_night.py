"""Jo is in heroin withdrawal, alone, at three at night. The answer and the numbers are on the first screens, one tap away."""

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, on_first_screen
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Numbers that stand in the text without a link.
BARE_NUMBERS = """() => { const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), bare = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (/\\b(911|988|741741|1-800-662-4357)\\b/.test(text.data) && !text.parentElement.closest("a, svg, script")) bare.push(text.data);
  }
  return bare; }"""


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_jo_asks_reads_and_can_call(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE, color_scheme="dark")
    page.goto(live_site.url + "/")
    question = page.locator("main [name=q]")
    assert on_first_screen(question)
    assert on_first_screen(page.get_by_role("link", name="I need help now"))
    question.fill("how long will heroin withdrawal last")
    follow(page.locator("main").get_by_role("button", name="Search"))
    first = page.locator("main .rows a").first
    expect(first).to_have_text("What heroin withdrawal feels like")
    assert on_first_screen(first)

    follow(first)
    assert on_first_screen(page.locator(".guide-head a[href='tel:911']").first)
    glance = page.get_by_role("heading", name="At a glance")
    assert glance.bounding_box()["y"] < 2 * PHONE["height"]
    assert page.evaluate(BARE_NUMBERS) == []

    page.goto(live_site.url + "/")
    follow(page.get_by_role("link", name="I need help now"))
    for number in ("911", "988"):
        assert on_first_screen(page.locator("main").get_by_role("link", name=f"Call {number}"))
    assert page.context.cookies() == []
