"""A call, a template and ten cases in a real browser: presses and page loads are counted."""

import pytest
from playwright.sync_api import expect

from intake.models import ContactAttempt, ReplyTemplate
from tests.intake.triage.test_browser import QUEUE, Hand, key, sign_in
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False])
def test_one_call_from_the_front_page_back_to_the_queue(live_server, new_page, arrives, amara, script):
    page = new_page(java_script_enabled=script)
    case = arrives(priority=2)
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + "/admin/")
    loads = []
    # A redirect after a step belongs to the load that it ends.
    page.on("request", lambda asked: loads.append(asked.url) if asked.is_navigation_request() and not asked.redirected_from else None)
    hand = Hand(page)
    hand.click("link", case.reference)
    hand.click("button", "Show name and contact details")
    hand.click("radio", "no answer")
    hand.click("button", "Log, back to the queue")
    expect(page.get_by_text("The attempt is logged.")).to_be_visible()
    expect(page.get_by_role("heading", name="Who is next")).to_be_visible()
    assert (hand.clicks, len(loads)) == (4, 3)
    assert ContactAttempt.objects.get().inquiry == case


def test_a_template_is_put_in_at_the_cursor_and_nothing_typed_is_lost(live_server, page, arrives, amara):
    case = arrives()
    ReplyTemplate.objects.create(title="First answer", body="This is {staff}.")
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    for fold in ("Reply in the mailbox", "Add a note"):
        page.locator("summary", has_text=fold).click()
    page.get_by_role("textbox", name="Internal note").fill("Not sent yet")
    reply = page.get_by_role("textbox", name="Reply")
    reply.fill("Hello. Bye.")
    reply.evaluate("box => box.setSelectionRange(7, 7)")
    loads = []
    page.on("domcontentloaded", lambda _page: loads.append(page.url))
    page.get_by_role("button", name="Put it in").click()
    expect(reply).to_have_value("Hello. This is Amara Diallo.Bye.")
    expect(page.get_by_role("textbox", name="Internal note")).to_have_value("Not sent yet")
    assert loads == []
    reply.press("Control+z")
    expect(reply).to_have_value("Hello. Bye.")


def test_ten_cases_are_on_the_screen_of_a_laptop_and_say_their_first_words(live_server, new_page, arrives, amara):
    page = new_page(viewport={"width": 1280, "height": 900})
    for _case in range(10):
        arrives()
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + QUEUE)
    last = page.locator("tr.case-row").nth(9).bounding_box()
    assert last["y"] + last["height"] <= 900
    page.get_by_role("button", name="First words").first.click()
    expect(page.get_by_text("zzyzxword")).to_have_count(1)


def test_on_a_phone_their_words_and_the_attempt_follow_the_safety_box_in_one_screen(live_server, page, arrives, amara):
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    safety = page.locator("section.safety").bounding_box()
    end = safety["y"] + safety["height"]
    screen = page.viewport_size["height"]
    for name in ("What they wrote", "Log an attempt"):
        heading = page.get_by_role("heading", name=name).bounding_box()
        assert end <= heading["y"] <= end + screen, name
    assert page.get_by_role("radio", name="no answer").bounding_box()["y"] <= end + screen


def test_after_a_note_the_page_stays_there_and_says_that_it_is_stored(live_server, page, arrives, amara):
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    page.locator("summary", has_text="Add a note").click()
    page.get_by_role("textbox", name="Internal note").fill("Called")
    follow(page.get_by_role("button", name="Save note"))
    expect(page.get_by_role("heading", name="Add a note")).to_be_in_viewport()
    expect(page.get_by_text("The note is stored.")).to_be_in_viewport()


def test_no_next_try_is_asked_for_a_wrong_number(live_server, page, arrives, amara):
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    expect(page.get_by_label("Next try or follow-up")).to_be_visible()
    page.get_by_role("radio", name="wrong number").check()
    expect(page.get_by_label("Next try or follow-up")).to_be_hidden()
