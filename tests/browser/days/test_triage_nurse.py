"""Amara answers inquiries at Riverside, at a desk. She wants to call who is most urgent, and to end the day with nobody waiting."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import ContactAttempt, Inquiry, InternalNote, Message

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_amaras_day(at_work, amara, arrives):
    ordinary, other = arrives(), arrives()
    urgent = arrives(priority=2, answer_by=timezone.now() + dt.timedelta(minutes=15))
    desk = at_work(amara)
    page = desk.page

    # The front page: who is next, the most urgent first, and by whose clock.
    expect(page.get_by_role("heading", name="Who is next")).to_be_in_viewport()
    rows = page.locator("tr.case-row")
    expect(rows.first).to_contain_text(urgent.reference)
    expect(page.get_by_text("Where no other zone is named, times here are")).to_be_visible()
    desk.fits()

    calls_and_is_back_at_the_queue(desk, urgent)
    assert desk.presses <= 4
    assert desk.loads <= 3
    assert ContactAttempt.objects.get().inquiry == urgent

    # A reply is half written when a note must be made, and how it will end is chosen already: both stay.
    desk.go(desk.link(ordinary.reference))
    for fold in ("Reply in the mailbox", "Add a note", "Close the case"):
        desk.press(page.locator("summary", has_text=fold))
    reply = page.locator("[name='reply-text']")
    reply.fill("We have a place for you")
    page.get_by_label("How it ended").select_option("informed")
    page.get_by_role("textbox", name="Internal note").fill("Sister called")
    desk.go(desk.button("Save note"))
    desk.reads("The note is stored.")
    desk.go(desk.button("Take this case"))
    desk.reads("You have this case now.")
    expect(reply).to_have_value("We have a place for you")
    expect(page.get_by_label("How it ended")).to_have_value("informed")
    desk.go(desk.button("Send reply"))
    desk.reads("The reply goes out in a few seconds.")
    expect(reply).to_have_value("")
    assert (InternalNote.objects.count(), Message.objects.count()) == (1, 1)

    # The next one, one after the other, until nobody is left.
    expect(page.get_by_label("How it ended")).to_have_value("informed")
    desk.go(desk.button("Close and next"))
    expect(page.get_by_role("heading", name=f"Case {other.reference}")).to_be_visible()
    desk.press(page.locator("summary", has_text="Close the case"))
    page.get_by_label("How it ended").select_option("no_contact")
    desk.go(desk.button("Close and next"))
    desk.reads("Nobody else is waiting for you right now.")
    desk.reads("Nobody is waiting for you right now.")

    # A mistake in the address is answered by a page of the staff; the address of a step leads to its case.
    desk.open("intake/inquiry/0000-0000/")
    desk.reads("There is no such page for you")
    expect(page.locator("#leave")).to_have_count(0)
    expect(desk.link("Queue")).to_be_visible()
    desk.open(f"intake/inquiry/{urgent.reference}/claim/")
    expect(page.get_by_role("heading", name=f"Case {urgent.reference}")).to_be_visible()
    # What she planned for it is said with its day and time.
    expect(page.locator("main")).to_contain_text(re.compile(r"\d{1,2}:\d\d"))
    assert Inquiry.objects.filter(state="closed").count() == 2


def calls_and_is_back_at_the_queue(desk, case):
    page = desk.page
    desk.presses = desk.loads = 0
    desk.go(desk.link(case.reference))
    expect(page.get_by_text("Center’s time", exact=True)).to_be_visible()
    desk.go(desk.button("Show name and contact details"))
    expect(page.get_by_role("link", name="+12125550143")).to_be_in_viewport()
    desk.press(page.get_by_role("radio", name="no answer"))
    desk.go(desk.button("Log, back to the queue"))
    desk.reads("The attempt is logged.")
    expect(page.get_by_role("heading", name="Who is next")).to_be_visible()
