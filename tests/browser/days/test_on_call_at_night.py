"""Ben is on call at night, with a phone. He wants to know at once who is in danger, to call, and to sleep when somebody else has it."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import OnCallShift
from tests.browser.days.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_bens_night(at_work, amara, ben, riverside, arrives):
    now = timezone.now()
    ben.email = "ben@example.org"
    ben.save()
    OnCallShift.objects.create(centre=riverside, user=ben, starts_at=now - dt.timedelta(hours=1), ends_at=now + dt.timedelta(hours=8))
    arrives()
    danger = arrives(priority=1, priority_reasons=["danger_now"])
    phone = at_work(ben, PHONE)
    page = phone.page

    # The first screen: that he is on call, and whom it is about.
    expect(page.locator(".on-call-now")).to_contain_text("Ben Okafor")
    expect(phone.link(danger.reference)).to_be_in_viewport()
    phone.fits()
    phone.presses = phone.loads = 0
    phone.go(phone.link(danger.reference))
    expect(page.get_by_role("heading", name="Danger now")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Call 911")).to_be_in_viewport()
    phone.fits()

    # The call, and what he says of it: the case stays in danger until he says why it may leave.
    phone.go(phone.button("Show name and contact details"))
    expect(page.get_by_role("link", name="+12125550143")).to_be_visible()
    phone.press(page.get_by_role("radio", name="no answer"))
    page.locator("[name='attempt-note']").fill("Rang out")
    phone.go(phone.button("Log, back to the queue"))
    assert phone.presses <= 4
    assert phone.loads <= 3
    expect(page.locator("tr.case-row[data-rank='1']")).to_contain_text(danger.reference)
    phone.go(phone.link(danger.reference))
    phone.go(phone.button("I called 911"))
    phone.reads("Ben Okafor called 911")
    phone.go(phone.link("Back to the case"))

    # His phone rings while he writes why it may leave. The words are there when he comes back.
    phone.press(page.locator("summary", has_text="Let it leave"))
    with page.expect_response(lambda answer: answer.url.endswith("/drafts/")):
        page.locator("[name='danger-note']").fill("Ambulance is with her")
    page.close()
    page = phone.page = page.context.new_page()
    phone.open(f"intake/inquiry/{danger.reference}/")
    phone.fits()
    phone.go(page.locator(".draft-offer", has_text="Ambulance is with her").get_by_role("button", name="Put it back"))
    expect(page.locator("[name='danger-note']")).to_be_visible()
    phone.press(page.locator("[name='danger-outcome']").first)
    phone.go(phone.button("It may leave “Danger now”"))
    phone.reads("The case left “Danger now”.")

    # What the morning must know; Amara reads it first thing.
    phone.open("intake/inquiry/board/")
    expect(page.get_by_text("What the next shift must know, as of")).to_contain_text("UTC")
    page.locator("textarea").first.fill("She is at the hospital. Call her at noon.")
    phone.go(phone.button("Leave the note"))
    phone.fits()
    reads_the_note(at_work(amara))


def reads_the_note(morning):
    morning.go(morning.page.get_by_role("link", name="Ben Okafor left a note for you"))
    morning.reads("She is at the hospital. Call her at noon.")
    morning.go(morning.button("I have read it"))
    expect(morning.page.get_by_text("Read by Amara Diallo")).to_be_visible()
    expect(morning.page.locator(".note-waits")).to_have_count(0)
