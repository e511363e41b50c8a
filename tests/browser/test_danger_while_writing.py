"""Whom to call is shown while one writes, before anything is sent, and without the words leaving the browser."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_words_of_danger_show_the_number_at_once_and_are_sent_nowhere(live_site, page, axe):
    page.goto(f"{live_site.url}/contact/")
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url, request.post_data)))
    text, needs_help = page.get_by_label("What is going on?"), page.get_by_text("needs an ambulance now")
    text.fill("I think he TURNED blue, what do I do")
    expect(needs_help).to_be_visible()
    axe(page)
    expect(page.locator("[data-danger=not_breathing] a", has_text="911")).to_be_visible()
    expect(page.locator("[data-danger=suicide]")).to_be_hidden()
    text.fill("I am not suicidal. My sister drinks.")
    expect(needs_help).to_be_hidden()
    asked = [each for each in asked if "/static/" not in each[1]]  # the vocabulary, and the page's own picture may come late
    assert asked == []


def test_in_the_mailbox_too_while_writing_and_after_sending(live_site, page, axe):
    page.goto(f"{live_site.url}/contact/")
    page.get_by_label("Myself", exact=True).check()
    page.get_by_label("Only on this site").check()
    follow(page.get_by_role("button", name="Send", exact=True))
    words = page.locator(".receipt li").all_inner_texts()
    page.goto(f"{live_site.url}/mailbox/")
    page.get_by_label("Your receipt words").fill(" ".join(words))
    follow(page.get_by_role("button", name="Open my mailbox"))
    page.get_by_label("Your message").fill("I want to die")
    expect(page.locator("[data-danger=suicide] a", has_text="988")).to_be_visible()
    axe(page)
    follow(page.get_by_role("button", name="Send", exact=True))
    expect(page.get_by_role("complementary", name="This may be urgent").get_by_text("988")).to_be_visible()
    axe(page)


def test_ticking_alcohol_says_at_once_not_to_stop_suddenly(live_site, page_without_javascript):
    page = page_without_javascript
    page.goto(f"{live_site.url}/contact/")
    stop = page.get_by_text("Don't stop suddenly: it can kill").filter(visible=True)
    expect(stop).to_have_count(0)
    page.get_by_text("Add more, if you like").click()
    page.get_by_label("Alcohol", exact=True).check()
    expect(stop).to_have_count(1)
    page.get_by_label("Alcohol", exact=True).uncheck()
    page.get_by_label("Cannabis", exact=True).check()
    expect(stop).to_have_count(0)


def test_in_spanish_too(live_site, page):
    page.goto(f"{live_site.url}/es/contact/")
    page.locator("[name=message]").fill("ME QUIERO MORIR")
    expect(page.locator("[data-danger=suicide] a", has_text="988")).to_be_visible()


def test_saying_that_someone_is_in_danger_shows_it_without_javascript(live_site, page_without_javascript):
    page = page_without_javascript
    page.goto(f"{live_site.url}/contact/")
    call = page.get_by_text("Call now: do not wait for our answer.")
    expect(call).to_be_hidden()
    page.get_by_label("Someone is in danger right now").check()
    expect(call).to_be_visible()
    page.get_by_label("Someone is in danger right now").uncheck()
    expect(call).to_be_hidden()


def test_only_what_the_chosen_way_needs_is_asked_without_javascript(live_site, page_without_javascript):
    page = page_without_javascript
    page.goto(f"{live_site.url}/contact/")
    phone, by_mail = page.get_by_label("Phone number"), page.get_by_label("You may write to me at this e-mail")
    expect(phone).to_be_hidden()
    page.get_by_label("By a phone call").check()
    expect(phone).to_be_visible()
    expect(by_mail).to_be_hidden()
    page.get_by_label("By e-mail").check()
    expect(by_mail).to_be_visible()
    expect(phone).to_be_hidden()
    # A mistake is never hidden, whatever is chosen.
    page.get_by_label("By a phone call").check()
    phone.fill("555")
    page.get_by_label("Only on this site").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#errors")).to_contain_text("area code")
    expect(phone).to_be_visible()
