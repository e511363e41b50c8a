"""What waits for leads and operators fits a phone, has no fault, and its first line is the largest."""

import pytest

from tests.support.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.mark.parametrize("who", ["olga", "luisa"])
def test_it_fits_a_phone_and_what_matters_most_is_the_largest(live_server, new_page, request, arrives, who):
    request.getfixturevalue(who)
    arrives()
    page = new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill(who)
    page.get_by_label("Password").fill("a long enough pass")
    page.get_by_role("button", name="Log in").press("Enter")
    page.wait_for_selector(".waiting-first")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [each["id"] for each in violations(page)] == []
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    first, other = (page.locator(place).first.evaluate(size) for place in (".waiting-first", ".waiting-others li"))
    assert first > other
    assert page.locator(".waiting-first a").bounding_box()["y"] < 740
