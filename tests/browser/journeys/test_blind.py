"""Bea hears the pages with a screen reader and uses the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys.asking import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.once]

FOCUS = "document.activeElement.id"


@pytest.fixture
def bea(new_page) -> Page:
    return new_page(viewport=PHONE)


@pytest.mark.parametrize("path", ["/", "/guides/what-heroin-withdrawal-feels-like/", "/contact/", "/mailbox/", "/es/contact/"])
def test_the_first_key_skips_the_numbers_and_the_menu(live_site, bea, path):
    bea.goto(live_site.url + path)
    bea.keyboard.press("Tab")
    expect(bea.locator("a[href='#main']").first).to_be_focused()
    bea.keyboard.press("Enter")
    assert "#main" in bea.url
    bea.keyboard.press("Tab")
    assert bea.evaluate("document.activeElement.closest('main') !== null")


def test_bea_hears_every_question_and_no_trap(live_site, bea):
    bea.goto(live_site.url + "/contact/")
    heard = bea.locator("main").aria_snapshot()
    assert "Leave this field empty" not in heard
    for kind in ("textbox", "checkbox", "radio", "combobox", "button"):
        assert re.search(rf"^\s*- {kind}( \[|:|$)", heard, re.MULTILINE) is None, f"a {kind} without a name"
    assert '- group "Who is this for?' in heard
    expect(bea.get_by_role("heading", level=1)).to_have_count(1)


def test_a_mistake_is_heard_at_once_and_leads_to_its_field(live_site, bea):
    bea.goto(live_site.url + "/contact/")
    bea.get_by_label("By a phone call").check()
    bea.get_by_role("button", name="Send", exact=True).last.press("Enter")
    expect(bea.locator("#errors")).to_be_focused()
    expect(bea).to_have_title(re.compile("^Error:"))
    bea.locator("#errors a", has_text="Write the phone number").press("Enter")
    expect(bea.get_by_label("Phone number")).to_be_focused()
    assert bea.get_by_label("Phone number").get_attribute("aria-invalid") == "true"


def test_one_question_at_a_time_begins_at_the_question(live_site, bea):
    bea.goto(live_site.url + "/contact/")
    bea.get_by_role("button", name="One question at a time").press("Enter")
    expect(bea.get_by_role("heading", level=1)).to_be_focused()
    assert bea.evaluate(FOCUS) == "question"
