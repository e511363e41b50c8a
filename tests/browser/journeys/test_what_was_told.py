"""Quillon reads in the mailbox what was told to whom, agrees to one disclosure and takes it back, on a small phone."""

import datetime as dt
import secrets

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from intake import disclosure
from intake.submission import receive
from tests.browser.test_every_page_is_usable import visible_overflow
from tests.intake.disclosure.test_disclosures import AGREED
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_quillon_agrees_and_takes_it_back(live_server, new_page, axe, inquiry_data, amara, scripts):  # noqa: PLR0917
    received = receive.receive(inquiry_data, form_token=secrets.token_bytes(16))
    disclosure.ask_consent(received.inquiry, words=AGREED, by=amara, expires_at=timezone.now() + dt.timedelta(days=30))
    page = new_page(java_script_enabled=scripts, viewport={"width": 360, "height": 640})

    def looks_right(page: Page) -> None:
        if scripts:
            assert visible_overflow(page) <= 0
            axe(page)

    page.goto(live_server.url + "/mailbox/")
    page.locator("[name=words]").fill(" ".join(received.receipt))
    follow(page.locator("main button[type=submit]").first)
    follow(page.get_by_role("link", name="We ask whether we may tell somebody else about you."))
    looks_right(page)
    page.get_by_label("Your name or initials, as your signature").fill("Q.")
    follow(page.get_by_role("button", name="I agree"))
    expect(page.get_by_role("heading", name="You agreed")).to_be_visible()
    page.get_by_text("Narrow it").first.click()
    page.get_by_label("What must not be told").fill("Not my old job")
    looks_right(page)
    follow(page.get_by_role("button", name="Narrow it"))
    expect(page.get_by_text("Not my old job")).to_be_visible()
    follow(page.get_by_role("button", name="Take it back now"))
    expect(page.get_by_text("Nothing more will be told.")).to_be_visible()
    follow(page.get_by_role("link", name="Back to the mailbox"))
    expect(page.get_by_text("You – took back that Dr. Pellworm's practice may be told")).to_be_visible()
    looks_right(page)
    follow(page.get_by_role("button", name="Read or print what is held about me"))
    expect(page.get_by_text("zzyzxword")).to_be_visible()
    looks_right(page)
