"""Nia, a nurse, asks for a patient. She is asked as a professional, and sees what the center takes and whom to call."""

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, ask
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]

QUESTION = "Do you take a patient on methadone, age 34, from Friday? Nia Ward, RN, Mercy Hospital, https://mercy.example.org/addiction"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_nia_asks_without_naming_anybody(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE)
    page.goto(live_site.url + "/contact/?for=professional")
    expect(page.locator("#contact-form")).to_contain_text("Please do not name the person")
    # The address of her workplace is no reason to ask her again.
    ask(page, page.url, QUESTION, for_whom="professional", contact_way="mailbox")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")


def test_nia_reads_whom_the_center_takes_and_its_number(live_site, new_page):
    page = new_page(viewport=PHONE)
    page.goto(live_site.url + "/")
    page.locator("footer").get_by_role("link", name="Harbor House (demo)").click()
    expect(page.locator("main").get_by_role("link", name="Call (202) 555-0100")).to_be_in_viewport()
    for heading in ("Who can come here", "What we can't treat here", "How you can pay", "Licenses and accreditation"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.locator("main")).to_contain_text("methadone")
    follow(page.locator("main").get_by_role("link", name="Write to us in private"))
    page.get_by_label("I am asking as a professional").check()
    expect(page.locator("#contact-form").get_by_text("Please do not name the person").first).to_be_visible()
