"""Rosa asks for help on a small phone: in four screens at most, one question at a time, or only for a call. With scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page_is_usable import visible_overflow
from tests.support.browser import LOOKS, follow

pytestmark = [pytest.mark.browser, pytest.mark.once]
PHONE = {"width": 360, "height": 740}
WAYS = ["Only on this site", "By a phone call", "By a text message", "By e-mail"]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def rosa(request, new_page) -> Page:
    """A small phone."""
    return new_page(viewport=PHONE, java_script_enabled=request.param)


def end_of(page: Page, selector: str) -> float:
    """Return how far the lower edge of an element is from the top of the page, in pixels."""
    return page.locator(selector).evaluate("(element) => element.getBoundingClientRect().bottom + scrollY")


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def test_the_whole_form_is_at_most_four_screens_and_the_call_back_two(live_site, rosa):
    rosa.goto(f"{live_site.url}/contact/")
    assert end_of(rosa, "main") <= 4 * PHONE["height"]
    for way in WAYS:
        rosa.get_by_label(way).check()
        assert end_of(rosa, "main") <= 4 * PHONE["height"], way
    rosa.get_by_text("Call me back: only a number").click()
    assert end_of(rosa, ".call-me") <= 2 * PHONE["height"]


def test_only_what_the_chosen_way_needs_is_asked_and_the_words_fit(live_site, rosa):
    rosa.goto(f"{live_site.url}/contact/")
    number = rosa.get_by_label("Phone number")
    expect(number).to_be_hidden()
    rosa.get_by_label("By a phone call").check()
    expect(number).to_be_visible()
    expect(rosa.get_by_label("E-mail address", exact=True)).to_be_hidden()
    rosa.get_by_label("By e-mail").check()
    expect(number).to_be_hidden()
    expect(rosa.get_by_label("E-mail address", exact=True)).to_be_visible()
    rosa.get_by_text("Add more, if you like").click()
    expect(rosa.get_by_role("combobox", name="Are you pregnant?")).to_be_visible()
    rosa.get_by_label("Someone I care about").check()
    expect(rosa.get_by_role("combobox", name="Is the person pregnant?")).to_be_visible()
    expect(rosa.get_by_role("combobox", name="Are you pregnant?")).to_have_count(0)


def test_rosa_leaves_only_a_number_and_her_words_stand_on_one_screen(live_site, rosa):
    rosa.goto(f"{live_site.url}/contact/")
    rosa.get_by_text("Call me back: only a number").click()
    form = rosa.locator(".call-me")
    form.get_by_label("Number to call").fill("555-0143")
    follow(form.get_by_role("button", name="Call me back"))
    expect(rosa.locator("#errors")).to_be_focused()
    expect(rosa.locator("#errors")).to_contain_text("This number has no area code")
    rosa.get_by_label("Number to call").fill("202 555 0143 ext. 12")
    rosa.get_by_label("Name to ask for").fill("Rosa")
    rosa.get_by_label("Monday to Friday, 8 to 12").check()
    follow(rosa.get_by_role("button", name="Call me back"))
    expect(rosa).to_have_url(re.compile("/contact/sent/"))
    expect(rosa.locator(".receipt li")).to_have_count(7)
    expect(rosa.locator("main")).to_contain_text("What happens next")
    # From the green "Sent" to the three steps.
    assert end_of(rosa, ".next-steps") - end_of(rosa, ".sent-done") <= 600
    background = rosa.locator("main").evaluate("(main) => getComputedStyle(main).backgroundColor")
    assert background == "rgba(0, 0, 0, 0)"


def test_rosa_answers_one_question_at_a_time_goes_back_and_checks_her_answers(live_site, rosa):
    rosa.goto(f"{live_site.url}/contact/")
    press(rosa, "One question at a time")
    heading = rosa.get_by_role("heading", level=1)
    expect(heading).to_have_text("Who is this for?")
    expect(heading).to_be_focused()
    assert rosa.locator(".one-question").bounding_box()["y"] < PHONE["height"] / 2
    rosa.get_by_label("Myself", exact=True).check()
    press(rosa, "Next")
    expect(heading).to_have_text("How may we answer you?")
    rosa.get_by_label("By a phone call").check()
    press(rosa, "Next")
    press(rosa, "Next")
    expect(rosa.locator("#errors")).to_be_focused()
    rosa.get_by_label("Phone number").fill("202 555 0143")
    rosa.get_by_label("You may call me at this number").check()
    press(rosa, "Next")
    expect(heading).to_have_text("When is it safe to call or text you?")

    # The browser's own Back, twice and forth again: real pages with what was answered.
    rosa.go_back()
    expect(rosa.get_by_label("Phone number")).to_have_value("202 555 0143")
    rosa.goto(f"{live_site.url}/contact/questions/when/")
    for question in ("What may we call you?", "What is going on?"):
        press(rosa, "Next")
        expect(heading).to_have_text(question)
    rosa.get_by_label("What is going on?").fill("It is the marmalade again.")
    press(rosa, "Next")
    expect(heading).to_have_text("Check your answers")
    expect(rosa.locator(".answers")).to_contain_text("It is the marmalade again.")
    rosa.get_by_role("link", name=re.compile("^Change.*What may we call you")).click()
    rosa.get_by_label("What may we call you?").fill("Rosa")
    press(rosa, "Next")
    expect(rosa.locator(".answers")).to_contain_text("Rosa")
    press(rosa, "Send")
    expect(rosa.locator(".receipt li")).to_have_count(7)

    # On a shared phone nothing of it comes back.
    rosa.goto(f"{live_site.url}/contact/questions/check/")
    expect(heading).to_have_text("Who is this for?")
    expect(rosa.get_by_text("marmalade")).to_have_count(0)
    assert [cookie["name"] for cookie in rosa.context.cookies() if cookie["name"] == "draft"] == []


def test_every_state_is_usable_by_everyone(live_site, new_page, axe):
    page = new_page(viewport=PHONE)

    def usable() -> None:
        axe(page)
        page.emulate_media(color_scheme="dark")
        axe(page, only=LOOKS)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        assert visible_overflow(page) <= 0
        page.set_viewport_size(PHONE)

    page.goto(f"{live_site.url}/contact/")
    page.get_by_text("Call me back: only a number").click()
    page.get_by_label("By a phone call").check()
    page.get_by_text("Voicemail, and who else may pick up").click()
    page.get_by_text("Add more, if you like").click()
    usable()
    page.get_by_label("By e-mail").check()
    page.get_by_label("E-mail address", exact=True).fill("rosa@gmial.com")
    press(page, "Send")
    expect(page.get_by_role("button", name="Yes, use rosa@gmail.com")).to_be_visible()
    usable()
    page.goto(f"{live_site.url}/es/contact/")
    page.get_by_text("Llámenme: solo un número").click()
    page.locator(".call-me").get_by_role("button", name="Llámenme").click()
    expect(page.locator("#errors")).to_be_focused()
    usable()
    page.goto(f"{live_site.url}/contact/questions/who/")
    usable()
    press(page, "Next")
    usable()
    page.get_by_label("Myself", exact=True).check()
    press(page, "Next")
    page.get_by_label("Only on this site").check()
    press(page, "Next")
    usable()
    for _question in range(3):
        press(page, "Next")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_text("Add more, if you like").click()
    usable()
