"""A danger case on a phone at night, in a real browser: no answer, still there, closed with a reason."""

import pytest
from playwright.sync_api import expect

from intake.models import Inquiry
from intake.submission import drills
from tests.intake.triage.test_browser import QUEUE, key, sign_in
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
SMALL_PHONE = {"width": 360, "height": 640}


@pytest.fixture
def phone(new_page):
    return new_page(viewport=SMALL_PHONE, color_scheme="dark")


def bottom_of(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


def danger_rows(page, live_server):
    page.goto(live_server.url + QUEUE)
    return page.locator("tr.case-row[data-rank='1']")


def test_no_answer_still_there_closed_with_a_reason(live_server, phone, arrives, amara, axe):
    case = arrives(priority=1, priority_reasons=["danger_now"])
    sign_in(phone, live_server, key(phone))
    follow(danger_rows(phone, live_server).get_by_role("link", name=case.reference))

    # The first screen of a small phone: what they wrote, the numbers, and that a number was called.
    first_screen = SMALL_PHONE["height"]
    assert bottom_of(phone.locator(".danger-words")) < first_screen
    assert bottom_of(phone.get_by_role("link", name="Call 911")) < first_screen
    assert bottom_of(phone.get_by_role("button", name="I called 988")) < first_screen
    assert phone.evaluate("document.documentElement.scrollWidth") <= SMALL_PHONE["width"]
    axe(phone)

    phone.get_by_role("radio", name="no answer").check()
    follow(phone.get_by_role("button", name="Save attempt"))
    expect(danger_rows(phone, live_server)).to_have_count(1)
    phone.goto(live_server.url + QUEUE + "board/")
    expect(phone.locator("#board-1 + ul").get_by_role("link", name=case.reference)).to_be_visible()

    follow(phone.get_by_role("link", name=case.reference).first)
    follow(phone.get_by_role("button", name="I called 911"))
    expect(phone.get_by_role("heading", name="Emergency disclosure")).to_be_in_viewport()

    phone.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    phone.locator("summary", has_text="Let it leave").click()
    phone.get_by_role("radio", name="emergency services were called").check()
    follow(phone.get_by_role("button", name="It may leave"))
    expect(phone.get_by_text("The case left “Danger now”.")).to_be_visible()
    expect(danger_rows(phone, live_server)).to_have_count(0)

    phone.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    phone.locator("summary", has_text="Close the case").click()
    phone.get_by_label("How it ended").select_option("informed")
    follow(phone.get_by_role("button", name="Close the case"))
    row = Inquiry.objects.get()
    assert (row.state, row.danger_outcome) == ("closed", "emergency_called")


def test_a_drill_shows_itself_when_it_is_opened_and_ends_with_one_press(live_server, phone, riverside, amara, axe):
    drill = drills.start(riverside)
    sign_in(phone, live_server, key(phone))
    follow(danger_rows(phone, live_server).get_by_role("link", name=drill.reference))
    heading = phone.get_by_role("heading", name="This is a drill: nobody is in danger")
    expect(heading).to_be_in_viewport()
    axe(phone)
    follow(phone.get_by_role("button", name="End the drill"))
    expect(danger_rows(phone, live_server)).to_have_count(0)
