"""Ada audits. She wants to read how the work is done, and must not be able to change it or to read who asked for help."""

import re

import pytest
from playwright.sync_api import expect

from intake import triage
from tests.articles.conftest import approved, draft, published

__all__ = ["approved", "draft", "published"]
pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_adas_day(at_work, ada, amara, published, arrives):
    case = arrives()
    triage.claim(case, by=amara)
    desk = at_work(ada)
    page = desk.page

    # Her desk: the reports, and no queue.
    expect(page.get_by_role("heading", name="Who is next")).to_have_count(0)
    desk.go(desk.link("Dashboard"))
    expect(page.locator(".report-period")).to_contain_text(re.compile(r"As of \d.* UTC"))
    desk.fits()
    desk.open("intake/inquiry/danger/")
    expect(page.locator("#content")).to_be_visible()
    desk.fits()

    # Guides: she reads them and their history, and nothing there saves.
    desk.open("articles/guide/")
    desk.go(desk.link(published.title))
    expect(page.locator(".history")).to_contain_text("Ruth Romero")
    expect(page.get_by_role("button", name=re.compile("^Save"))).to_have_count(0)
    expect(page.get_by_role("button", name="Add the comment")).to_have_count(0)

    # No case, by whatever address; each refusal is a page of the staff, with a way on that she may go.
    for path in (f"intake/inquiry/{case.reference}/", "intake/inquiry/", "intake/inquiry/by-phone/", "intake/inquiry/export/"):
        desk.open(path)
        expect(page.locator("#container h1").first).to_have_text(
            re.compile("There is no such page for you|Your role doesn’t include this page")
        )
        expect(page.locator("#leave")).to_have_count(0)
        expect(page.locator("#container").get_by_role("link", name="Queue")).to_have_count(0)
        expect(desk.link("Your work")).to_be_visible()
    expect(page.get_by_text("zzyzxword")).to_have_count(0)
