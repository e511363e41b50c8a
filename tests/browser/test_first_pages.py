"""The first pages have no accessibility violations, load nothing from other hosts and set no cookie."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.mark.parametrize(
    "path", ["/", "/guides/", "/guides/what-heroin-withdrawal-feels-like/", "/contact/", "/mailbox/", "/safety/", "/es/"]
)
def test_a_public_page_is_accessible(live_site, page, axe, path):
    answer = page.goto(live_site.url + path)

    assert answer.status == 200
    axe(page)


def test_the_sign_in_page_is_accessible(live_site, page, axe):
    page.goto(live_site.url + "/admin/")

    assert page.get_by_role("button", name="Log in").is_visible()
    axe(page)


@pytest.mark.parametrize("path", ["/", "/guides/", "/guides/what-heroin-withdrawal-feels-like/"])
def test_a_page_that_is_only_read_leaves_no_cookie(live_site, page, path):
    page.goto(live_site.url + path)

    assert page.context.cookies() == []


def sign_in(live_site, page, username):
    page.goto(live_site.url + "/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(live_site.people[username])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()


def test_the_demo_staff_can_sign_in(live_site, page):
    sign_in(live_site, page, "demo-triage")

    expect(page.get_by_text("Tamsin Reed (demo)").first).to_be_visible()


def test_the_editor_of_a_guide_loads_whole_under_the_strict_policy(live_site, new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(live_site, page, "demo-editor")
    page.goto(live_site.url + "/admin/articles/guide/")
    page.get_by_role("link", name="What heroin withdrawal feels like").click()

    expect(page.locator(".ProseMirror:visible").first).to_be_visible()
