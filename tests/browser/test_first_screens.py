"""What people see first, on phones of several sizes, with large letters and at 400 % zoom."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page_is_usable import PAGES, visible_overflow

pytestmark = [pytest.mark.browser, pytest.mark.once]

PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 320, "height": 256}  # 1280 pixels at 400 %
GUIDE = "/guides/alcohol-withdrawal/"
TWICE = "document.documentElement.style.fontSize = '200%'"
TOP_OF_CONTENT = "() => document.querySelector('main').querySelector('h1, p').getBoundingClientRect().top"


@pytest.fixture
def site(live_site):
    return live_site.url


def bottom(page: Page, selector: str) -> float:
    """Return where the first element that fits ends, in pixels below the top of the window."""
    return page.locator(selector).first.evaluate("(element) => element.getBoundingClientRect().bottom")


def free_height(page: Page) -> float:
    """Return how much of the window isn't covered by "Leave this page"."""
    return page.locator("#leave").evaluate("(link) => link.getBoundingClientRect().top")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_begins_in_the_upper_quarter_of_a_phone(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    assert page.evaluate(TOP_OF_CONTENT) < 200
    page.set_viewport_size(NARROW)
    assert page.evaluate(TOP_OF_CONTENT) < 200
    assert visible_overflow(page) <= 0


@pytest.mark.parametrize("path", ["/", "/es/"])
def test_search_and_the_three_doors_are_on_the_first_screen(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    doors = page.locator(".door")
    assert doors.count() == 3
    assert bottom(page, "main [type=search]") < bottom(page, ".door")
    assert doors.last.evaluate("(door) => door.getBoundingClientRect().bottom") <= free_height(page)


@pytest.mark.parametrize("path", ["/guides/", "/es/guides/"])
def test_a_guide_is_on_the_first_screen_of_the_list(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    assert bottom(page, "main .card a") <= free_height(page)
    expect(page.locator(".filters")).to_be_hidden()


@pytest.mark.parametrize("path", ["/search/?q=smack", "/search/?q=how+long+will+heroin+withdrawal+last", "/es/search/?q=temblores"])
def test_what_was_found_is_on_the_first_screen(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    assert bottom(page, "main .rows a") <= free_height(page)


def test_what_can_kill_and_the_number_are_on_the_first_screen_of_a_guide(site, page):
    page.set_viewport_size(PHONE)
    page.goto(site + GUIDE)
    call = page.locator(".guide-head a.care-call")
    expect(call).to_have_attribute("href", "tel:911")
    assert bottom(page, ".guide-head a.care-call") <= free_height(page)
    assert call.evaluate("(link) => link.getBoundingClientRect().height") >= 44


@pytest.mark.parametrize("size", [{"width": 360, "height": 640}, {"width": 390, "height": 844}], ids=["360x640", "390x844"])
@pytest.mark.parametrize("path", ["/guides/naloxone-and-overdose/", "/es/guides/naloxona-y-sobredosis/"])
def test_the_steps_in_an_overdose_are_on_the_first_screen(site, page, path, size):
    page.set_viewport_size(size)
    page.goto(site + path)
    steps = page.locator(".guide-head .picture-steps li")
    assert steps.count() == 4
    assert steps.last.evaluate("(step) => step.getBoundingClientRect().bottom") <= free_height(page)
    expect(steps.first.locator("a")).to_have_attribute("href", "tel:911")


@pytest.mark.parametrize("path", [GUIDE, "/guides/naloxone-and-overdose/", "/es/guides/abstinencia-de-alcohol/"])
def test_the_emergency_signs_stand_under_at_a_glance(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    card = page.locator(".at-a-glance + .care-card")
    expect(card).to_be_visible()
    assert card.evaluate("(card) => card.compareDocumentPosition(document.querySelector('.toc')) & Node.DOCUMENT_POSITION_FOLLOWING")


@pytest.mark.parametrize(
    "guide",
    ["medications-for-opioid-use-disorder", "methamphetamine-and-cocaine", "what-detox-is-and-is-not", "fentanyl-and-other-opioids"],
)
def test_what_can_kill_is_said_under_the_title_of_every_guide_where_something_can(site, page, guide):
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/guides/{guide}/")
    expect(page.locator(".guide-head h1 + .callout-emergency a.care-call")).to_have_attribute("href", "tel:911")
    assert bottom(page, ".guide-head .callout-emergency a.care-call") <= free_height(page)


@pytest.mark.parametrize("path", ["/", GUIDE, "/guides/", "/centers/harbor-house-demo/", "/search/?q=smack", "/es/"])
def test_with_letters_of_twice_the_size_the_title_is_on_the_first_screen_and_nothing_scrolls_sideways(site, page, path):
    page.set_viewport_size(PHONE)
    page.goto(site + path)
    page.evaluate(TWICE)
    assert bottom(page, "h1") <= free_height(page)
    assert visible_overflow(page) <= 0


COVERED = """() => { const leave = document.getElementById('leave').getBoundingClientRect();
  return [...document.querySelectorAll('.crisis a, .head a, .head button, main a, main h1')].filter((link) => {
    const box = link.getBoundingClientRect();
    return box.width && box.top < innerHeight && box.bottom > leave.top && box.top < leave.bottom
      && box.right > leave.left && box.left < leave.right }).map((link) => link.textContent.trim()) }"""


@pytest.mark.parametrize("path", ["/", "/helplines/", "/contact/", GUIDE, "/es/"])
def test_at_400_percent_the_way_out_covers_no_number_and_stays(site, page, path):
    page.set_viewport_size(ZOOMED)
    page.goto(site + path)
    assert page.evaluate(COVERED) == []
    assert visible_overflow(page) <= 0
    page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
    expect(page.locator("#leave")).to_be_in_viewport()


def test_the_menu_of_a_phone_opens_without_a_script_and_closes_with_escape(site, page_without_javascript):
    page = page_without_javascript
    page.set_viewport_size(PHONE)
    page.goto(site + "/")
    within = page.get_by_role("navigation", name="Main")
    expect(within.get_by_role("link", name="Your mailbox")).to_be_hidden()
    expect(within.get_by_role("link", name="Español")).to_be_visible()
    within.get_by_role("button", name="Menu").click()
    expect(within.get_by_role("link", name="Your mailbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(within.get_by_role("link", name="Your mailbox")).to_be_hidden()


def test_the_open_menu_has_no_violation_and_leaves_the_line_with_its_button_free(site, page, axe):
    page.set_viewport_size(PHONE)
    page.goto(site + "/")
    button = page.get_by_role("button", name="Menu")
    button.click()
    menu = page.locator("#menu")
    assert bottom(page, ".menu-button") <= menu.evaluate("(menu) => menu.getBoundingClientRect().top")
    axe(page)


def test_on_a_wide_screen_the_menu_stands_in_the_line_and_text_in_the_middle(site, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(site + "/about/")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Your mailbox")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    left, right = page.locator("main .prose").evaluate(
        "(text) => { const box = text.getBoundingClientRect(); return [box.left, innerWidth - box.right] }"
    )
    assert abs(left - right) <= 16, "but for the scroll bar"


def test_a_page_that_was_jumped_to_is_not_tinted(site, page):
    page.goto(site + "/about/#main")
    assert page.locator("#main").evaluate("(main) => getComputedStyle(main).backgroundColor") == "rgba(0, 0, 0, 0)"
    page.goto(site + GUIDE + "#source-1")
    assert page.locator("#source-1").evaluate("(source) => getComputedStyle(source).backgroundColor") != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("path", ["/", "/search/?q=he+won%27t+wake+up"])
def test_a_page_has_one_card_for_emergencies(site, page, path):
    page.goto(site + path)
    expect(page.locator("main .callout-emergency")).to_have_count(1)
