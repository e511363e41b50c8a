"""Lou reads little: pictures, few words, and a number alone is enough."""

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.asking import PHONE, on_first_screen, words_on
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_lou_presses_a_picture_and_leaves_a_number(live_site, new_page, scripts):
    page = new_page(java_script_enabled=scripts, viewport=PHONE)
    page.goto(live_site.url + "/")
    doors = page.locator(".door")
    for door in doors.all():
        expect(door.locator("svg")).to_be_visible()
        assert on_first_screen(door)
        assert len(door.inner_text().split()) <= 12
    follow(page.get_by_role("link", name="I need help now"))
    expect(page.get_by_role("link", name="Call 911")).to_be_in_viewport()
    follow(page.locator("main").get_by_role("link", name="Write to us in private"))
    assert on_first_screen(page.get_by_text("Call me back: only a number"))
    page.get_by_text("Call me back: only a number").click()
    form = page.locator(".call-me")
    assert len(form.get_by_role("textbox").all()) == 2
    form.get_by_label("Number to call").fill("202 555 0143")
    follow(form.get_by_role("button", name="Call me back"))
    words = words_on(page)
    # Short enough to copy letter by letter.
    assert len(words) == 7
    assert max(map(len, words)) <= 9
    expect(page.locator("ol.receipt")).to_have_attribute("translate", "no")
    steps = page.locator(".next-steps li")
    expect(steps).to_have_count(3)
