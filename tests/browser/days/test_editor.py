"""Edith writes guides. She wants to see what waits for her, to change a text without losing a word, and to hand it in."""

import pytest
from playwright.sync_api import expect

from articles.models import Guide
from articles.workflow import comments
from tests.articles.conftest import approved, draft, published

__all__ = ["approved", "draft", "published"]
pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_ediths_day(at_work, edith, ruth, draft):
    comments.add(draft, by=ruth, text="Say how long it lasts.", section="What helps")
    desk = at_work(edith)
    page = desk.page
    text = page.locator(".ProseMirror[contenteditable=true]")

    # What waits for her is the first thing on the page; each thing leads to its place.
    waiting = page.locator(".guides-panel")
    expect(waiting.get_by_role("heading", name="What waits for you")).to_be_in_viewport()
    expect(waiting).to_contain_text("1 comment")
    desk.go(waiting.get_by_role("link", name=draft.title).first)
    expect(page.get_by_text("Say how long it lasts.")).to_be_in_viewport()

    # She writes, presses "Dealt with" beside the comment, and what she wrote is offered.
    text.locator("p").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" It lasts about a week.")
    desk.go(desk.button("Dealt with"))
    expect(page.locator(".draft-offer")).to_contain_text("and did not save it")
    desk.go(desk.button("Put it back"))
    expect(text).to_contain_text("It lasts about a week.")

    # Handing in saves first.
    desk.go(desk.button("Submit for review"))
    expect(page.locator(".status-box").first).to_contain_text("In review")
    guide = Guide.objects.get()
    assert "It lasts about a week." in guide.body
    assert guide.state == "in_review"
    expect(page.locator(".draft-offer")).to_have_count(0)

    # A mistake keeps all of it, and says which box it is about; the page was closed by accident, and the text is offered.
    desk.open("articles/guide/add/")
    page.locator("[name=summary]").fill("About hope")
    desk.go(page.get_by_role("button", name="Save and continue editing").first)
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.locator("[name=summary]")).to_have_value("About hope")
    desk.open("articles/guide/add/")
    desk.go(desk.button("Put it back"))
    expect(page.locator("[name=summary]")).to_have_value("About hope")
    desk.go(page.locator("#site-name a"))
    expect(waiting).to_contain_text("In review")

    # Lists without rows say what to do.
    desk.open("articles/picture/")
    desk.reads("Pictures that you add here can be put into guides.")
    # She can't see who asked for help.
    desk.open("intake/inquiry/")
    expect(page.locator("#leave")).to_have_count(0)
    desk.reads("Your role doesn’t include this page")
