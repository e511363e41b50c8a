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

    # Who read what: the case by its number, its readers, and each person; a file of it. Never what was written.
    triage.open_case(case, by=amara, with_contact=False)
    desk.open("")
    desk.go(desk.link("Who read what"))
    expect(page.get_by_role("table").get_by_text("case opened")).to_be_visible()
    desk.fits()
    desk.go(desk.link(case.reference))
    expect(page.get_by_role("heading", name=f"Who read case {case.reference}")).to_be_visible()
    desk.go(desk.link("By person"))
    desk.go(desk.link("Amara Diallo"))
    expect(page.get_by_role("heading", name=re.compile("^Amara Diallo, "))).to_be_visible()
    with page.expect_download() as file:
        desk.press(desk.button("Export these entries as a CSV file"))
    assert case.reference in file.value.path().read_text("utf-8-sig")
    page.set_viewport_size({"width": 360, "height": 740})
    desk.fits()
    page.set_viewport_size({"width": 1280, "height": 900})

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
