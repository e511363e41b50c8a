""" "Leave this page" with JavaScript, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def safety(page: Page, live_server):
    page.goto(live_server.url + "/helplines/")
    page.goto(live_server.url + "/safety/")
    return page


def press_shift(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Shift")


def test_the_button_leads_to_the_blank_page_and_removes_the_page_from_history(safety, live_server):
    safety.locator("#leave").click()
    safety.wait_for_url("**/blank/")
    safety.go_back()
    assert safety.url == live_server.url + "/helplines/"


def test_pressing_shift_three_times_leaves(safety):
    press_shift(safety, 3)
    safety.wait_for_url("**/blank/")


def test_the_screen_is_blank_before_the_next_page_loads(safety):
    safety.route("**/leave/", lambda route: route.fulfill(status=204))  # a slow network: the page never loads
    press_shift(safety, 3)
    expect(safety.get_by_role("alert")).to_have_text("Loading.")
    expect(safety.locator("h1")).to_be_hidden()
    assert safety.title() == "Loading."


def test_each_press_is_announced(safety):
    press_shift(safety, 1)
    expect(safety.locator("#leave-status")).to_have_text("Shift: press two more times to leave this page.")
    press_shift(safety, 1)
    expect(safety.locator("#leave-status")).to_have_text("Shift: press once more to leave this page.")


def test_five_seconds_without_a_press_start_over(safety):
    safety.clock.install()
    safety.reload()
    press_shift(safety, 2)
    safety.clock.fast_forward(5001)
    expect(safety.locator("#leave-status")).to_contain_text("too much time went by")
    press_shift(safety, 1)
    expect(safety.locator("#leave-status")).to_have_text("Shift: press two more times to leave this page.")


def test_the_time_starts_again_with_each_press(safety):
    safety.clock.install()
    safety.reload()
    press_shift(safety, 1)
    safety.clock.fast_forward(3000)
    press_shift(safety, 1)
    safety.clock.fast_forward(3000)
    press_shift(safety, 1)
    safety.wait_for_url("**/blank/")


def test_capital_letters_and_escape_do_not_leave(safety):
    for letter in ("Shift+A", "Shift+B", "Shift+C", "Escape", "Escape", "Escape"):
        safety.keyboard.press(letter)
    press_shift(safety, 2)
    safety.keyboard.press("a")
    press_shift(safety, 2)
    assert safety.url.endswith("/safety/")


def test_a_page_restored_from_the_back_forward_cache_is_readable_again(safety):
    safety.route("**/leave/", lambda route: route.fulfill(status=204))
    press_shift(safety, 3)
    safety.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(safety.locator("h1")).to_be_visible()
    expect(safety.locator(".blank")).to_have_count(0)
    assert "Loading" not in safety.title()


def test_the_hidden_link_appears_when_the_tab_key_reaches_it(safety):
    safety.keyboard.press("Tab")
    safety.keyboard.press("Tab")
    second = safety.locator("a.skip[data-leave]")
    expect(second).to_be_focused()
    assert second.bounding_box()["width"] > 40
    safety.keyboard.press("Enter")
    safety.wait_for_url("**/blank/")
