"""Every public page in every colour scheme and size: no axe violation, no horizontal scrolling, everything reachable."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.once]

PAGES = [
    "/",
    "/guides/",
    "/guides/?substance=nicotine&stage=detox",  # an empty list
    "/guides/alcohol-withdrawal/",
    "/guides/alcohol-withdrawal/send/",
    "/topics/",
    "/topics/substance/opioids/",
    "/topics/substance/nicotine/",
    "/search/",
    "/search/?q=smack",
    "/search/?q=herion",
    "/search/?q=xyzzy",
    "/search/?q=opening+hours+and+medicaid",
    "/glossary/",
    "/centers/",
    "/centers/harbor-house-demo/",
    "/help-now/",
    "/helplines/",
    "/safety/",
    "/about/",
    "/privacy/",
    "/health-data/",
    "/accessibility/",
    "/thanks/",
    "/contact/",
    "/contact/sent/",
    "/mailbox/",
    "/no-such-page/",
    "/es/",
    "/es/guides/abstinencia-de-alcohol/",
    "/es/search/?q=temblores",
    "/es/privacy/",
    "/es/contact/",
]
PHONE = {"width": 390, "height": 844}
WAYS: dict[str, tuple[Any, Any, Any]] = {  # name: colours, forced colours, size of the window
    "phone": ("light", "none", PHONE),
    "dark": ("dark", "none", PHONE),
    "forced colours": ("light", "active", PHONE),
    "400 % of 1280": ("light", "none", {"width": 320, "height": 256}),
}
LONG = "Desoxirribonucleoproteinasintetasadependiente"


@pytest.fixture
def site(live_site):
    """The address of a site with the starter library and a demo centre."""
    return live_site.url


def visible_overflow(page: Page) -> int:
    """Return by how many pixels the page scrolls horizontally."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def in_every_way(page: Page, axe: Callable[..., None]) -> None:
    """Check the open page in each of WAYS: completely in the first, then only what depends on colours and size."""
    for way, (colours, forced, size) in WAYS.items():
        page.emulate_media(color_scheme=colours, forced_colors=forced)
        page.set_viewport_size(size)
        assert visible_overflow(page) <= 0, way
        # Forced colours are the reader's own: the sheet's contrast is not what they see. A small window has the phone's colours.
        axe(page, only=() if way == "phone" else LOOKS, without=("color-contrast",) if way in ("forced colours", "400 % of 1280") else ())


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_violation_or_scrolls_sideways(site, page, axe, path):
    page.goto(site + path)
    in_every_way(page, axe)


def test_forms_with_mistakes_have_no_violation_and_lead_to_the_first(site, page, axe):
    for path in ("/contact/", "/mailbox/"):
        page.goto(site + path)
        page.locator("main form").last.locator("button[type=submit]").last.click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert page.title().startswith("Error:")
        axe(page)
        first = page.locator(".error-summary a").first
        target = first.get_attribute("href")
        first.click()
        expect(page.locator(target)).to_be_focused()


def test_a_very_long_word_stays_in_its_place(site, page):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site + "/guides/alcohol-withdrawal/")
    page.evaluate(f"document.querySelectorAll('h1, h2, .toc a, td, .button').forEach((element) => {{ element.textContent = '{LONG}'; }})")
    assert visible_overflow(page) <= 0


def test_larger_spacing_cuts_nothing_off(site, page):
    page.goto(site + "/guides/alcohol-withdrawal/")
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
            + "p { margin-bottom: 2em !important }");
        document.adoptedStyleSheets = [sheet]; }"""
    )
    assert visible_overflow(page) <= 0
    cut = page.evaluate(
        "[...document.querySelectorAll('main *')].filter((e) => e.clientHeight && e.scrollHeight > e.clientHeight + 2"
        " && getComputedStyle(e).overflowY === 'hidden').length"
    )
    assert cut == 0


@pytest.mark.parametrize("size", [{"width": 1280, "height": 720}, {"width": 360, "height": 640}], ids=["wide", "phone"])
def test_the_keyboard_reaches_everything_in_reading_order_and_nothing_hides_the_focus(site, new_page, size):
    page = new_page(viewport=size, reduced_motion="reduce")  # so that nothing is still moving
    page.goto(site + "/guides/alcohol-withdrawal/")
    count = page.locator("a[href]:visible, button:visible, input:visible, select:visible, textarea:visible, [tabindex='0']").count()
    reached, hidden = [], []
    for _ in range(count + 10):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const e = document.activeElement; if (e === document.body) return null;
            const r = e.getBoundingClientRect(); const x = r.left + r.width / 2, y = r.top + r.height / 2;
            const top = document.elementFromPoint(Math.min(Math.max(x, 0), innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
            return { what: (e.textContent || e.id).trim().slice(0, 40), seen: e.contains(top) || (top && top.contains(e)),
                     ring: getComputedStyle(e).outlineStyle !== "none" } }"""
        )
        if at is None:
            break
        reached.append(at["what"])
        if not at["seen"] or not at["ring"]:
            hidden.append(at["what"])
    assert reached[0] == "Skip to the text"
    assert reached[1] == "Leave this page"
    assert len(reached) >= count
    assert hidden == []


def test_the_skip_link_moves_the_reader_to_the_text(site, page):
    page.goto(site + "/guides/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_everything_to_touch_is_large_enough(site, page):
    for path in ("/", "/contact/", "/guides/"):
        page.goto(site + path)
        if path == "/contact/":  # so that all that may be asked is there
            page.get_by_label("By a phone call").check()
        small = page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select")].filter((e) => {
            const r = e.getBoundingClientRect();
            const inline = getComputedStyle(e).display === "inline";  // a link in a sentence may be as high as its line
            const shown = e.getClientRects().length && !e.matches(".visually-hidden");
            return !inline && shown && (r.height < 24 || r.width < 24); }).map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert small == []


def test_suggestions_come_while_typing_and_can_be_reached_and_closed(site, page):
    page.goto(site + "/search/")
    page.get_by_label("What do you want to know?").press_sequentially("hero")
    first = page.locator(".suggestions a").first
    expect(first).to_have_text("What heroin withdrawal feels like")
    expect(page.locator("#suggestions-status")).to_contain_text("fit so far")
    page.keyboard.press("Escape")
    expect(page.locator(".suggestions")).to_have_count(0)


def test_searching_needs_no_script(site, page_without_javascript):
    page = page_without_javascript
    page.goto(site + "/search/")
    page.get_by_label("What do you want to know?").fill("cold turkey")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main h3").first).to_be_visible()
    expect(page.locator("main mark").first).to_be_visible()


def test_a_guide_is_small_and_asks_only_us(site, new_page):
    page = new_page()
    loaded = []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(site + "/guides/alcohol-withdrawal/", wait_until="networkidle")
    assert len(loaded) <= 4
    assert all(url.startswith(site) for url in loaded)


def test_a_page_on_paper_leaves_the_menus_out(site, page):
    page.goto(site + "/guides/alcohol-withdrawal/")
    page.emulate_media(media="print")
    for what in (".nav", ".leave", ".toc", ".guide-foot"):
        expect(page.locator(what).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".timeline-picture")).to_be_visible()
