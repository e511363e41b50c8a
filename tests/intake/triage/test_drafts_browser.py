"""A real browser: typed text is found again wherever the browser was killed, left or signed out."""

import contextlib

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from intake.models import StaffDraft
from tests.intake.triage.test_browser import QUEUE, key, sign_in
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOXES = [
    ("", "Internal note"),
    ("", "Reply"),
    ("", "attempt-note"),
    ("pre-screen/", "Notes"),
    ("disclosures/", "Whom"),
    ("disclosures/", "What the emergency was"),
    ("by-phone/", "message"),
]


def box(page, label):
    by_name = page.locator(f"[name='{label}']")
    return by_name if by_name.count() else page.get_by_label(label, exact=True).first


def crash(page, watch):
    with contextlib.suppress(Error):
        page.goto("chrome://crash")
    watch.other_hosts.clear()


def leave(page, watch):
    page.goto("about:blank")


def sign_out(page, watch):
    Session.objects.all().delete()


@pytest.mark.parametrize("end", [crash, leave, sign_out])
def test_text_is_found_again_in_every_form(end, live_server, new_page, arrives, amara, watch):  # noqa: PLR0917
    first = new_page()
    case = arrives()
    context = first.context
    sign_in(first, live_server, key(first))
    for number, (path, label) in enumerate(BOXES):
        page = context.new_page()
        address = f"{live_server.url}{QUEUE}" + (path if path == "by-phone/" else f"{case.reference}/{path}")
        page.goto(address)
        field = box(page, label)
        if end is leave:  # at once: what was typed goes out with the page
            field.press_sequentially(f"word{number}")
            before = StaffDraft.objects.count()
            end(page, watch)
            while StaffDraft.objects.count() == before:
                first.wait_for_timeout(20)
        else:
            with page.expect_response(lambda answer: answer.url.endswith("/drafts/")):
                field.press_sequentially(f"word{number}")
            end(page, watch)
            if end is sign_out:
                sign_in(first, live_server, key(first))
        page.close()
        again = context.new_page()
        again.goto(address)
        offer = again.locator(".draft-offer", has_text=f"word{number}")
        expect(offer).to_be_visible()
        follow(offer.get_by_role("button", name="Put it back"))
        expect(box(again, label)).to_have_value(f"word{number}")
        again.close()
    assert StaffDraft.objects.count() >= len(BOXES)


@pytest.mark.parametrize("script", [True, False])
def test_a_note_is_saved_while_a_reply_is_being_written(live_server, new_page, arrives, amara, script):
    page = new_page(java_script_enabled=script)
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/")
    page.get_by_label("Reply", exact=True).fill("Half a sent")
    page.get_by_label("Internal note").fill("For us")
    follow(page.get_by_role("button", name="Save note"))
    expect(page.get_by_text("The note is stored.")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Half a sent")
    expect(page.get_by_label("Internal note")).to_have_value("")


def test_amara_is_warned_before_she_is_signed_out_and_a_key_keeps_her(live_server, page, arrives, amara):
    case = arrives()
    page.clock.install()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}{QUEUE}{case.reference}/pre-screen/")
    warning = page.get_by_text("You will be signed out in three minutes")
    expect(warning).to_be_hidden()
    page.route("**/still-here/", lambda route: route.fulfill(body="1800" if "x-background" not in route.request.headers else "170"))
    page.clock.run_for(28 * 60_000)
    expect(warning).to_be_visible()
    page.keyboard.press("Shift")
    page.clock.run_for(11_000)
    expect(warning).to_be_hidden()
