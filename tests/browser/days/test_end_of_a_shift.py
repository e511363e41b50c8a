"""Twelve hours after signing in: the page warns, what was typed is kept, and the list of sessions fits a phone."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.sessions.store import SIGNED_IN_AT, SessionStore
from tests.browser.days.conftest import PHONE
from tests.people import PASSWORD
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def signed_in_ago(page, **ago: int) -> None:
    """Let the session of the page's browser have begun so long ago."""
    [key] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "staff"]
    session = SessionStore(key)
    session[SIGNED_IN_AT] = (timezone.now() - dt.timedelta(**ago)).timestamp()
    session.save()


def test_amara_is_warned_before_her_shift_ends_and_finds_her_words_again(at_work, inquiry, amara):
    work = at_work(amara)
    page = work.page
    page.clock.install()
    work.open(f"intake/inquiry/{inquiry.reference}/")
    note = page.locator("[name='note-text']")
    note.evaluate("box => { for (const fold of document.querySelectorAll('details')) fold.open = true; }")
    note.fill("plum")
    signed_in_ago(page, hours=11, minutes=58)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("because you signed in 12 hours ago. What you typed is kept")).to_be_visible()
    note.press_sequentially(" and pear")
    signed_in_ago(page, hours=12, minutes=1)
    follow(page.get_by_role("button", name="Save note"))
    expect(page.get_by_text("You were signed out because you signed in 12 hours ago.")).to_be_visible()
    page.get_by_label("Username").fill("amara")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Log in"))
    offer = page.locator(".draft-offer").filter(has_text="plum and pear").last
    follow(offer.get_by_role("button", name="Put it back"))
    expect(page.locator("[name='note-text']")).to_have_value("plum and pear")


def test_on_her_phone_amara_ends_what_she_left_open_at_the_desk(at_work, amara):
    desk, phone = at_work(amara), at_work(amara, PHONE)
    phone.open("sessions/")
    phone.fits()
    phone.go(phone.button("End all others"))
    phone.reads("1 session was ended.")
    phone.fits()
    desk.open("")
    expect(desk.page.get_by_role("heading", name="Log in")).to_be_visible()
