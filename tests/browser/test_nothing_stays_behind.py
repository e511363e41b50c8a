"""A phone that others use: after sending, leaving or closing, Back and Reload show nothing; what is still being written stays."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import follow

pytestmark = pytest.mark.browser
STORY = "The marmalade lighthouse keeps me awake."
PHONE = {"width": 360, "height": 740}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(request, new_page) -> Page:
    return new_page(java_script_enabled=request.param, viewport=PHONE)


def write(page: Page, site) -> None:
    page.goto(f"{site.url}/contact/")
    page.locator("input[name=for_whom][value=self]").check()
    page.get_by_label("What is going on?").fill(STORY)
    page.get_by_label("What may we call you?").fill("Quillverna")
    page.locator("input[name=contact_way][value=mailbox]").check()


def send(page: Page, site) -> list[str]:
    write(page, site)
    follow(page.get_by_role("button", name="Send", exact=True))
    return words_on(page)


def words_on(page: Page) -> list[str]:
    return page.locator(".receipt li").all_inner_texts()


def typed(page: Page) -> set[str]:
    """Return what stands in the fields of text."""
    fields = page.locator("main textarea, main input[type=text]:not([name=website]), main input[type=tel]")
    return {field.input_value() for field in fields.all()} - {""}


def expect_empty_form(page: Page) -> None:
    expect(page.get_by_label("What is going on?")).to_have_value("")
    assert typed(page) == set()
    assert page.locator("input[name=for_whom]:checked").count() == 0


def look_at_the_helplines(page: Page) -> None:
    follow(page.get_by_role("link", name=re.compile("helplines", re.IGNORECASE)).first)


def leave(page: Page) -> None:
    page.locator("#leave").click()
    page.wait_for_url(lambda url: "/contact/" not in url and "/leave/" not in url)


def test_the_words_stay_until_they_are_written_down(live_site, phone):
    words = send(phone, live_site)
    assert len(words) == 7
    phone.reload()
    assert words_on(phone) == words
    look_at_the_helplines(phone)
    phone.go_back()
    assert words_on(phone) == words
    follow(phone.get_by_role("link", name="Español").first)
    assert phone.locator("html").get_attribute("lang") == "es"
    assert words_on(phone) == words
    phone.go_back()
    phone.locator("input[name=word]").fill(words[3])
    follow(phone.get_by_role("button", name="I have written it down"))
    expect(phone.locator("h1")).to_have_text("Right. You can come back now")
    for _page in range(2):
        phone.go_back()
        assert words_on(phone) == []
    for path in ("/contact/sent/", "/es/contact/sent/"):
        phone.goto(live_site.url + path)
        assert words_on(phone) == []


def test_after_sending_back_and_reload_show_an_empty_form(live_site, phone):
    words = send(phone, live_site)
    phone.go_back()
    expect_empty_form(phone)
    expect(phone.get_by_text("You sent a request a moment ago")).to_be_visible()
    phone.reload()
    expect_empty_form(phone)
    # Back and Send is no second request.
    follow(phone.get_by_role("button", name="Send", exact=True))
    expect(phone.get_by_text("Say who this is for.").first).to_be_visible()
    phone.goto(f"{live_site.url}/contact/sent/")
    assert words_on(phone) == words


def test_after_leaving_the_receipt_back_shows_nothing(live_site, phone):
    send(phone, live_site)
    leave(phone)
    # Without a script the page of the receipt is still in the history, and says nothing.
    phone.go_back()
    if "/sent/" in phone.url:
        assert words_on(phone) == []
        assert STORY not in phone.content()
        phone.go_back()
    expect_empty_form(phone)
    phone.reload()
    expect_empty_form(phone)


def test_after_leaving_a_half_written_form_back_shows_an_empty_one(live_site, phone):
    phone.goto(f"{live_site.url}/helplines/")
    write(phone, live_site)
    leave(phone)
    phone.go_back()
    if "/contact/" in phone.url:  # with a script its place in the history is gone
        expect_empty_form(phone)
    phone.goto(f"{live_site.url}/contact/")
    expect_empty_form(phone)


def test_what_is_still_being_written_stays(live_site, phone):
    write(phone, live_site)
    look_at_the_helplines(phone)
    phone.go_back()
    expect(phone.get_by_label("What is going on?")).to_have_value(STORY)
    expect(phone.get_by_label("What may we call you?")).to_have_value("Quillverna")
    # After a form was sent, the next one is kept in the same way.
    follow(phone.get_by_role("button", name="Send", exact=True))
    phone.goto(f"{live_site.url}/contact/")
    phone.get_by_label("What is going on?").fill("Another story.")
    look_at_the_helplines(phone)
    phone.go_back()
    expect(phone.get_by_label("What is going on?")).to_have_value("Another story.")


def open_mailbox(page: Page, site, words: list[str]) -> None:
    page.goto(f"{site.url}/mailbox/")
    page.get_by_label("Your receipt words").fill(" ".join(words))
    follow(page.get_by_role("button", name="Open my mailbox"))
    expect(page.get_by_text(STORY)).to_be_visible()


def test_after_closing_the_mailbox_back_and_reload_show_the_entrance(live_site, phone):
    open_mailbox(phone, live_site, send(phone, live_site))
    phone.get_by_label("Your message").fill("half a letter")
    follow(phone.get_by_role("button", name="Close the mailbox"))
    for _page in range(2):
        phone.go_back()
        expect(phone.get_by_text(STORY)).to_have_count(0)
        assert typed(phone) == set()
    phone.reload()
    assert typed(phone) == set()


def test_a_message_that_was_sent_is_not_in_the_field_again(live_site, phone):
    open_mailbox(phone, live_site, send(phone, live_site))
    phone.get_by_label("Your message").fill("Mornings are better.")
    follow(phone.get_by_role("button", name="Send", exact=True))
    phone.go_back()
    expect(phone.get_by_label("Your message")).to_have_value("")
    phone.get_by_label("Your message").fill("half a letter")
    look_at_the_helplines(phone)
    phone.go_back()
    expect(phone.get_by_label("Your message")).to_have_value("half a letter")


def test_the_mailbox_warns_and_blanks_itself(live_site, new_page):
    phone = new_page(viewport=PHONE)
    words = send(phone, live_site)
    phone.clock.install()
    open_mailbox(phone, live_site, words)
    phone.get_by_label("Your message").fill("half a letter")
    expect(phone.get_by_role("button", name="Keep it open")).to_be_hidden()
    phone.clock.fast_forward("14:00")
    expect(phone.get_by_role("button", name="Keep it open")).to_be_visible()
    expect(phone.locator("[data-mailbox-status]")).to_contain_text("closes in two minutes")
    expect(phone.get_by_role("button", name="Keep it open")).to_be_in_viewport()
    # They are there: it stays.
    with phone.expect_response(lambda answer: answer.request.method == "HEAD"):
        phone.get_by_role("button", name="Keep it open").click()
    expect(phone.get_by_role("button", name="Keep it open")).to_be_hidden()
    expect(phone.get_by_label("Your message")).to_have_value("half a letter")
    # Nobody is there any more.
    phone.clock.fast_forward("16:00")
    expect(phone.locator("h1")).to_have_text("The mailbox is closed")
    assert STORY not in phone.content()
    assert typed(phone) == set()
    expect(phone.locator("main").get_by_role("link", name="Open my mailbox")).to_be_visible()


def test_writing_keeps_the_mailbox_open(live_site, new_page):
    phone = new_page(viewport=PHONE)
    words = send(phone, live_site)
    phone.clock.install()
    open_mailbox(phone, live_site, words)
    for part in ("A long ", "letter "):
        phone.clock.fast_forward("10:00")
        with phone.expect_response(lambda answer: answer.request.method == "HEAD"):
            phone.get_by_label("Your message").press_sequentially(part)
    expect(phone.get_by_label("Your message")).to_have_value("A long letter ")


def test_without_a_script_the_mailbox_leaves_its_page(live_site, page_without_javascript):
    phone = page_without_javascript
    open_mailbox(phone, live_site, send(phone, live_site))
    refresh = phone.locator("meta[http-equiv=refresh]").get_attribute("content")
    seconds, _semicolon, address = refresh.partition(";url=")
    assert 0 < int(seconds) <= 15 * 60
    assert address == "/mailbox/"
