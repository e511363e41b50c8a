"""A real browser: typed text is found again wherever the page was killed or left, and each button of a case does its own step only."""

import contextlib
import threading

import pytest
from django.db import transaction
from django.db.models.signals import post_save
from playwright.sync_api import Error, expect

from intake.models import ContactAttempt, InternalNote, Message, StaffDraft
from tests.intake.triage.test_browser import QUEUE, key, sign_in
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
PATIENCE = 30  # seconds that one wait may take
UNFOLD = "addEventListener('DOMContentLoaded', () => document.querySelectorAll('details.fold').forEach((fold) => (fold.open = true)))"


@pytest.fixture
def page(new_page):
    page = new_page()
    page.context.set_default_timeout(PATIENCE * 1000)
    # Each fold of a case is open, as somebody opens them who uses all of it.
    page.context.add_init_script(UNFOLD)
    return page


@pytest.fixture
def draft_stored():
    """Is set once a draft is stored. Playwright reports no request that a page sends while it is left."""
    stored = threading.Event()

    def listen(**_signal):
        transaction.on_commit(stored.set)

    post_save.connect(listen, sender=StaffDraft)
    yield stored
    post_save.disconnect(listen, sender=StaffDraft)


@pytest.fixture
def case(live_server, page, arrives, amara):
    """Amara has the page of a case open."""
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    return case


def note(page):
    return page.get_by_role("textbox", name="Internal note")


def reply(page):
    return page.get_by_role("textbox", name="Reply")


def type_and_wait(page, box, text):
    """Type, and wait until the page has kept it by itself."""
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/")) as kept:
        box.press_sequentially(text)
    assert kept.value.status == 200


def put_back(page, beginning):
    follow(page.locator(".draft-offer", has_text=beginning).get_by_role("button", name="Put it back"))


def test_a_reply_is_offered_after_the_browser_was_killed(page, case, watch):
    address = page.url
    type_and_wait(page, reply(page), "wordone")
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    again = page.context.new_page()
    with contextlib.suppress(Error):
        page.goto("chrome://crash")
    watch.other_hosts.clear()
    again.goto(address)
    put_back(again, "wordone")
    expect(reply(again)).to_have_value("wordone")


def test_what_was_typed_just_before_a_link_was_pressed_is_kept(page, case, draft_stored):
    address = page.url
    note(page).press_sequentially("wordtwo")
    follow(page.get_by_role("link", name="Next case"))
    assert draft_stored.wait(PATIENCE)
    page.goto(address)
    put_back(page, "wordtwo")
    expect(note(page)).to_have_value("wordtwo")


def test_what_is_still_on_its_way_when_the_page_is_left_is_sent_again(page, case, draft_stored):
    address = page.url
    page.route("**/drafts/", lambda _route: None, times=1)  # a slow network: the first save never arrives
    with page.expect_request("**/drafts/"):
        note(page).press_sequentially("wordthree")
    follow(page.get_by_role("link", name="Next case"))
    assert draft_stored.wait(PATIENCE)
    page.goto(address)
    expect(page.locator(".draft-offer", has_text="wordthree")).to_be_visible()


def test_two_tabs_keep_two_replies(page, case):
    other = page.context.new_page()
    other.goto(page.url)
    type_and_wait(page, reply(page), "in the first tab")
    type_and_wait(other, reply(other), "in the second tab")
    third = page.context.new_page()
    third.goto(page.url)
    expect(third.locator(".draft-offer")).to_have_count(2)
    put_back(third, "in the first tab")
    expect(reply(third)).to_have_value("in the first tab")
    expect(third.locator(".draft-offer")).to_contain_text("in the second tab")


def test_a_note_is_saved_while_a_reply_is_being_written(page, case):
    reply(page).fill("Half a sent")
    note(page).fill("For us")
    follow(page.get_by_role("button", name="Save note"))
    expect(page.get_by_text("The note is stored.")).to_be_visible()
    expect(reply(page)).to_have_value("Half a sent")
    expect(note(page)).to_have_value("")
    assert (InternalNote.objects.count(), Message.objects.count(), ContactAttempt.objects.count()) == (1, 0, 0)


def test_each_button_does_its_own_step_and_leads_where_it_says(page, case, arrives):
    waiting = arrives(priority=2)
    page.get_by_role("radio", name="no answer").check()
    page.get_by_label("How it ended").select_option("informed")
    follow(page.get_by_role("button", name="Log and next"))
    expect(page.get_by_role("heading", name=f"Case {waiting.reference}")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, ContactAttempt.objects.get().inquiry) == ("waiting", case)

    note(page).fill("Half a note")
    page.get_by_role("radio", name="reached", exact=True).check()
    follow(page.get_by_role("button", name="Save attempt"))
    page.get_by_label("What for").select_option("call again")
    follow(page.get_by_role("button", name="tomorrow"))
    expect(page.get_by_text("The follow-up is planned for")).to_be_visible()
    expect(note(page)).to_have_value("Half a note")
    page.get_by_label("How it ended").select_option("informed")
    follow(page.get_by_role("button", name="Close and next"))
    expect(page.get_by_role("heading", name="Who is next")).to_be_visible()
    waiting.refresh_from_db()
    case.refresh_from_db()
    assert (waiting.state, case.state, ContactAttempt.objects.count()) == ("closed", "waiting", 2)
    assert not InternalNote.objects.exists()
    assert not Message.objects.exists()


def test_the_enter_key_in_a_box_sends_nothing(live_server, page, case):
    """Enter in a date or on a radio button pressed the first button of the page: it took the case."""
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    for name in ("attempt-outcome", "attempt-next_action_at", "follow_up-at"):
        box = page.locator(f"[name='{name}']").first
        box.press("Enter")
        expect(box).to_be_focused()
    # A later request and its answer: what a key had sent would be known by then. Typing is kept as before.
    type_and_wait(page, note(page), "wordfour")
    assert sent == []
    page.goto(f"{live_server.url}{QUEUE}by-phone/")
    sent.clear()
    page.locator("form[data-drafts] input[type=text]").first.press("Enter")
    type_and_wait(page, page.locator("[name='message']"), "wordfive")
    assert sent == []


def test_amara_is_warned_before_she_is_signed_out_and_a_key_keeps_her(live_server, page, arrives, amara):
    case = arrives()
    page.clock.install()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/pre-screen/")
    warning = page.get_by_text("You will be signed out in three minutes")
    expect(warning).to_be_hidden()

    def still_here(route):
        seconds = 170 if "x-background" in route.request.headers else 1800
        route.fulfill(json={"seconds": seconds, "whatever_happens": False})

    page.route("**/still-here/", still_here)
    page.clock.run_for(28 * 60_000)
    expect(warning).to_be_visible()
    page.keyboard.press("Shift")
    page.clock.run_for(11_000)
    expect(warning).to_be_hidden()
