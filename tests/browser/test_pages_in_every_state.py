"""Pages in unusual states: errors, empty lists, long words, no style sheet, no script, print, staff pages."""

import re
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_every_page_is_usable import LONG, WAYS, in_every_way, visible_overflow

pytestmark = [pytest.mark.browser, pytest.mark.once]

FAULTS = {f"{status}.html": status for status in (400, 403, 404, 405, 413, 429, 500)}
GUIDE = "/guides/alcohol-withdrawal/"


def enlarged(page, axe):
    """A window of 1280 pixels at 400 % zoom, in which most layout errors occur."""
    page.set_viewport_size(WAYS["400 % of 1280"][2])
    assert visible_overflow(page) <= 0
    axe(page)


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.django_db(transaction=True)
def test_pages_for_faults(live_server, page, axe, name):
    words = render_to_string(name, request=None if name in ("400.html", "500.html") else RequestFactory().get("/"))
    page.route("**/fault/", lambda route: route.fulfill(status=FAULTS[name], content_type="text/html", body=words))
    page.goto(live_server.url + "/fault/")
    in_every_way(page, axe)
    page.locator("#leave").click()
    page.wait_for_url("**/blank/")


EMPTY = ["/", "/guides/", "/topics/", "/topics/substance/alcohol/", "/search/?q=heroin", "/glossary/", "/centers/", "/contact/"]


@pytest.mark.parametrize("path", EMPTY)
@pytest.mark.django_db(transaction=True)
def test_a_site_with_nothing_in_it(live_server, page, axe, path):
    page.goto(live_server.url + path)
    enlarged(page, axe)


@pytest.mark.django_db(transaction=True)
def test_the_blank_page(live_server, page, axe):
    page.goto(live_server.url + "/blank/")
    axe(page, without=("page-has-heading-one",))  # it is blank on purpose


STATES = [
    "/search/?q=I%20want%20to%20die",
    "/search/?q=kitten%20heroin",
    "/search/?q=withdrawal&page=2",
    f"/search/?q={LONG}",
    "/es/",
    "/es/guides/",
    "/es/topics/",
    "/es/search/?q=quiero%20morir",
    "/es/search/?q=xyzzy",
    "/es/glossary/",
    "/es/centers/",
    "/es/centers/harbor-house-demo/",
    "/es/help-now/",
    "/es/search/?q=horario",
    "/es/helplines/",
    "/es/safety/",
    "/es/about/",
    "/es/health-data/",
    "/es/accessibility/",
    "/es/thanks/",
    "/es/mailbox/",
    "/es/no-such-page/",
    "/es/guides/abstinencia-de-alcohol/send/",
]


@pytest.mark.parametrize("path", STATES)
def test_more_states_of_pages(live_site, page, axe, path):
    page.goto(live_site.url + path)
    enlarged(page, axe)


@pytest.mark.parametrize(
    "path", ["/", "/guides/", "/topics/", "/search/?q=smack", "/centers/", "/centers/harbor-house-demo/", "/helplines/", "/contact/"]
)
def test_a_very_long_word_stays_in_its_place_on(live_site, page, path):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live_site.url + path)
    page.evaluate(
        f"document.querySelectorAll('h1, h2, h3, main a, label, legend, .nav a, .crisis a, .foot a, .leave, button')"
        f".forEach((element) => {{ element.textContent = '{LONG}'; }})"
    )
    assert visible_overflow(page) <= 0


STAFF = ["/styleguide/", "/admin/articles/synonym/", "/admin/articles/guide/", "/admin/"]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_pages_of_staff_in_the_same_colours(live_site, new_page, axe, colours):
    page = new_page(viewport={"width": 1280, "height": 900}, color_scheme=colours)
    page.goto(live_site.url + "/admin/")
    page.get_by_label("Username").fill("demo-editor")
    page.get_by_label("Password").fill(live_site.people["demo-editor"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    for path in STAFF:
        page.goto(live_site.url + path)
        axe(page)
    page.goto(live_site.url + "/styleguide/")
    page.set_viewport_size({"width": 320, "height": 256})
    assert visible_overflow(page) <= 0
    axe(page)


def without_style(page: Page) -> None:
    page.route("**/*.css", lambda route: route.fulfill(status=200, content_type="text/css", body=""))


def test_a_guide_can_be_read_without_a_style_sheet_and_without_a_script(live_site, page_without_javascript):
    page = page_without_javascript
    without_style(page)
    page.goto(live_site.url + GUIDE)
    for words in ("Stopping suddenly can kill", "911", "At a glance", "When to get emergency help", "Sources", "Was this helpful?"):
        expect(page.get_by_text(words).first).to_be_visible()
    for picture in page.locator("svg").all():
        box = picture.bounding_box()
        assert box is None or box["width"] <= 352
    page.get_by_role("link", name="Leave this page").last.click()
    expect(page).to_have_url(live_site.url + "/blank/")


def test_a_visitor_gets_everywhere_without_a_style_sheet_and_without_a_script(live_site, page_without_javascript):
    page = page_without_javascript
    without_style(page)
    page.goto(live_site.url + "/")
    page.get_by_label("What do you want to know?").fill("herion")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="What heroin withdrawal feels like").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What heroin withdrawal feels like")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.get_by_role("link", name="Ask for help").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for help")


@pytest.mark.parametrize("path", [GUIDE, "/guides/what-heroin-withdrawal-feels-like/", "/guides/prescription-opioids/", "/"])
def test_a_page_is_light_enough_for_a_bad_line(live_site, new_page, path):
    page = new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: dict[str, float] = {}
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(live_site.url + path, wait_until="networkidle")
    assert len(sizes) <= 4
    assert sum(sizes.values()) <= 20_000, sizes


def test_paper_is_light_says_where_it_is_from_and_writes_addresses_out(live_site, new_page):
    page = new_page(color_scheme="dark")
    page.goto(live_site.url + GUIDE)
    page.emulate_media(media="print", color_scheme="dark")
    style = "(selector, what, before) => getComputedStyle(document.querySelector(selector), before)[what]"
    assert page.evaluate(f"({style})('body', 'backgroundColor')") == "rgb(255, 255, 255)"
    assert page.evaluate(f"({style})('.callout-emergency .callout-title', 'color')") == "rgb(160, 29, 29)"
    assert "https://" in page.evaluate(f"({style})('.sources a[href^=http]', 'content', '::after')")
    expect(page.get_by_text(f"This guide on the web: {live_site.url}{GUIDE}")).to_be_visible()
    expect(page.locator(".crisis").get_by_text("911")).to_be_visible()


ORDER = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((e) => e.checkVisibility() && !e.closest(".leaving-bar, .foot-columns")
        && getComputedStyle(e).position !== "absolute").map((e) => {
        return Math.round(e.getBoundingClientRect().top + scrollY); })"""


@pytest.mark.parametrize("path", ["/", "/guides/", "/search/?q=smack", "/contact/", "/mailbox/", "/helplines/", GUIDE, "/es/contact/"])
def test_the_order_of_the_source_is_the_order_on_the_screen(live_site, page, path):
    page.goto(live_site.url + path)
    tops = page.evaluate(ORDER)
    # Things on one line may differ by a few pixels in height; the columns of the footer are read one after the other.
    assert [(one, two) for one, two in pairwise(tops) if two < one - 40] == []


def test_a_request_for_help_can_be_sent_with_the_keyboard_alone(live_site, page):
    page.goto(live_site.url + "/contact/")

    def reach(target: Locator) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if target.evaluate("(element) => element === document.activeElement"):
                return
        raise AssertionError(f"The Tab key never reaches {target}.")

    for name in ("Myself", "Only on this site"):
        choice = page.get_by_role("radio", name=name)
        reach(choice)
        page.keyboard.press("Space")
        expect(choice).to_be_checked()
    reach(page.get_by_role("button", name="Send", exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/contact/sent/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
