"""Under attack a real browser solves the proof of work under the strict policy; without JavaScript the form can be sent too."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.site import Site, site_like

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture(scope="module")
def site(tmp_path_factory, site_template, static_folder, live_cluster) -> Iterator[Site]:
    """A site that requires a proof of work."""
    folder = tmp_path_factory.mktemp("attacked") / "data"
    with site_like(site_template, folder, static_folder, live_cluster, PROOF_OF_WORK="always") as running:
        yield running


def fill(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/contact/")
    page.get_by_label("Myself", exact=True).check()
    page.get_by_label("Only on this site").check()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_the_browser_solves_the_challenge_while_the_visitor_writes(site, page, axe):
    fill(page, site)
    expect(page.get_by_text("You don't have to do anything")).to_be_visible()
    expect(page.get_by_text("scripts are switched off")).to_be_hidden()
    expect(page.get_by_text("Your browser has done its part.")).to_be_visible(timeout=60_000)
    axe(page)
    send(page)
    expect(page.locator("main")).to_contain_text(re.compile(r"will answer (by|as soon)"))
    expect(page.get_by_text("press Send again")).to_have_count(0)


def test_a_form_sent_too_early_waits_for_the_solution_and_is_then_sent(site, page):
    fill(page, site)
    send(page)
    expect(page.locator(".receipt li")).to_have_count(7, timeout=60_000)
    expect(page.get_by_text("press Send again")).to_have_count(0)


def test_a_browser_that_can_not_solve_the_challenge_can_still_send(site, page):
    # What an address without https leaves away.
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})")
    fill(page, site)
    expect(page.get_by_text("scripts are switched off")).to_be_visible()
    send(page)
    expect(page.get_by_role("heading", name="Please press Send again")).to_be_visible()
    send(page)
    expect(page.locator(".receipt li")).to_have_count(7)


def test_without_javascript_the_visitor_is_told_before_and_asked_once_more(site, page_without_javascript):
    page = page_without_javascript
    fill(page, site)
    expect(page.get_by_text("scripts are switched off")).to_be_visible()
    send(page)
    expect(page.get_by_role("heading", name="Please press Send again")).to_be_visible()
    send(page)
    expect(page.locator(".receipt li")).to_have_count(7)
