"""Wes has a new number, then wants nothing more: both in a few presses, each confirmed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, ask, open_mailbox
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_wes_changes_the_number_and_withdraws(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE)
    way = {"contact_way": "phone", "phone": "202 555 0143", "consent_call": "on"}
    words = ask(page, live_site.url + "/contact/", "The kettle sings at night.", **way)
    open_mailbox(page, live_site.url + "/mailbox/", " ".join(words))
    expect(page.get_by_text("We call the number that ends in 0143.")).to_be_visible()

    # What was allowed for the old number is asked again for the new one.
    follow(page.get_by_role("link", name=re.compile("^Change how or when")))
    page.get_by_label("Phone number").fill("202 555 0199")
    follow(page.get_by_role("button", name="Save"))
    expect(page.locator("main")).to_contain_text("This is new: tick the sentence again")
    expect(page.get_by_label("Phone number")).to_have_value("202 555 0199")
    page.get_by_label("You may call me at this number").check()
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status").first).to_contain_text("We will call 202 555 0199")
    expect(page.get_by_text("We call the number that ends in 0199.")).to_be_visible()

    follow(page.get_by_role("link", name="Withdraw the request and have it erased"))
    follow(page.get_by_role("button", name="Yes, erase it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is erased")
    open_mailbox(page, live_site.url + "/mailbox/", " ".join(words))
    expect(page.locator("#errors")).to_contain_text("These words open no mailbox")
    page.go_back()
    expect(page.get_by_text("The kettle sings at night.")).to_have_count(0)
