"""With a gateway, the checkbox for text messages shows its fields when it is ticked, also without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.support.site import site_like

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Nothing is sent in these tests, so nothing listens there.
GATEWAY = {
    "TEXT_GATEWAY_URL": "http://127.0.0.1:1/",
    "TEXT_GATEWAY_USER": "account",
    "TEXT_GATEWAY_PASSWORD": "password",
    "TEXT_FROM": "+12125550100",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory, site_template, static_folder, live_cluster):
    with site_like(site_template, tmp_path_factory.mktemp("texting") / "data", static_folder, live_cluster, **GATEWAY) as running:
        yield running


def test_ticking_the_box_shows_its_fields_and_a_missing_number_is_an_error_there(site, page_without_javascript):
    page = page_without_javascript
    page.goto(f"{site.url}/contact/")
    box, phone = page.get_by_label("Send a short automated text"), page.get_by_label("Phone number", exact=True)
    page.get_by_label("Myself", exact=True).check()
    page.get_by_label("Only on this site").check()
    expect(phone).to_be_hidden()
    expect(page.get_by_text("even while the phone is locked")).to_be_visible()
    box.check()
    expect(phone).to_be_visible()
    expect(page.get_by_text("When is it safe to call or text you?")).to_be_visible()
    expect(page.get_by_label("You may leave a voicemail")).to_be_hidden()
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator("#errors").get_by_role("link", name="Write the phone number that we may text").click()
    expect(phone).to_be_focused()
    phone.fill("212 555 0143")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("ol.receipt")).to_be_visible()


def test_it_is_usable_by_everyone(site, page, axe):
    page.goto(f"{site.url}/es/contact/")
    page.locator("input[name=contact_way][value=mailbox]").check()
    page.get_by_label("Envíen un mensaje de texto automático").check()
    axe(page)
