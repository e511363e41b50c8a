"""Ruth reviews guides as a clinician. She wants to read what is new, say what is wrong, and put her name to what is right."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import Guide
from articles.workflow import review
from tests.articles.conftest import draft
from tests.support.review import confirm_all_facts

__all__ = ["draft"]
pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_ruths_day(at_work, edith, ruth, draft):
    review.submit(draft, by=edith)
    desk = at_work(ruth)
    page = desk.page

    waiting = page.locator(".guides-panel .card").first
    expect(waiting).to_contain_text("In review")
    expect(waiting).to_be_in_viewport()
    desk.go(waiting.get_by_role("link", name=draft.title))

    # A comment on one section.
    page.locator("#comment-section").select_option("What helps")
    page.locator("#comment-text").fill("Name the medicine.")
    desk.go(desk.button("Add the comment"))
    expect(page.locator(".comment")).to_contain_text("Name the medicine.")
    expect(page.locator(".comment")).to_contain_text("Ruth Romero")

    # Approving with an open comment asks, and keeps that nothing was changed by her.
    desk.go(page.get_by_role("link", name="Review and approve"))
    confirm_all_facts(page)
    desk.go(page.get_by_role("button", name="Approve", exact=True))
    assert Guide.objects.get().state == "in_review"
    page.get_by_label(re.compile("approve all the same")).check()
    desk.go(page.get_by_role("button", name="Approve", exact=True))
    guide = Guide.objects.get()
    assert (guide.state, guide.last_edited_by) == ("approved", edith)
    expect(page.locator(".history")).to_contain_text("Ruth Romero, RN")

    # Nothing in review is left for her, and who asked for help is no business of hers.
    desk.go(page.locator("#site-name a"))
    expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
    expect(page.locator(".guides-panel")).not_to_contain_text("In review")
    desk.open("intake/inquiry/dashboard/")
    desk.reads("Your role doesn’t include this page")
