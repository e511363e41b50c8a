"""Hal shares a phone with the person he is afraid of. Whoever takes the phone next finds nothing of what he wrote."""

import pytest
from playwright.sync_api import Page

from tests.browser.journeys.asking import PHONE, ask, fill

pytestmark = [pytest.mark.browser, pytest.mark.once]

SECRET = "The marmalade lighthouse must not know."


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, new_page) -> Page:
    return new_page(java_script_enabled=request.param, viewport=PHONE)


def leave(page: Page) -> None:
    page.locator("#leave").click()
    page.wait_for_url(lambda address: "/contact/" not in address and "/leave/" not in address)


def test_hal_leaves_in_the_middle_and_after_sending(live_site, phone):
    phone.goto(live_site.url + "/helplines/")
    fill(phone, live_site.url + "/contact/", SECRET, name="Hal")
    leave(phone)
    expect_nothing(phone, live_site)

    ask(phone, live_site.url + "/contact/", SECRET, name="Hal")
    assert "Recovery" not in phone.title(), "a title that the history keeps"
    leave(phone)
    expect_nothing(phone, live_site)


def expect_nothing(page: Page, site) -> None:
    for step in (page.go_back, page.reload, lambda: page.goto(site.url + "/contact/")):
        step()
        content = page.content()
        typed = [field.input_value() for field in page.locator("main textarea, main input[type=text], main input[type=tel]").all()]
        assert SECRET not in content
        assert "Hal" not in typed
        assert SECRET not in typed
        assert page.locator("ol.receipt").count() == 0
