"""Danger typed on a phone rings staff, and somebody says "I have it" from another phone, also when everything was killed in between."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import follow
from tests.support.site import PATIENCE, Site, site_like

pytestmark = pytest.mark.browser
WORDS = "I took all my pills and I want to die"


@pytest.fixture
def site(tmp_path, site_template, static_folder, live_cluster) -> Iterator[Site]:
    with site_like(site_template, tmp_path / "data", static_folder, live_cluster) as running:
        yield running


def type_danger(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/contact/")
    page.get_by_label("Myself", exact=True).check()
    page.get_by_label("Only on this site").check()
    page.get_by_label("What is going on?").fill(WORDS)
    follow(page.get_by_role("button", name="Send", exact=True))


def alarm_mails(site: Site, to: str) -> list[EmailMessage]:
    """Return the mails of alarms to a person; waits for the first one."""
    deadline = time.monotonic() + PATIENCE
    while True:
        mails = [mail for mail in site.mails() if "danger" in mail["Subject"] and mail["To"] == f"{to}@example.org"]
        if mails or time.monotonic() > deadline:
            return mails
        time.sleep(0.1)


def test_typed_on_one_phone_and_taken_on_another(site, new_page, axe):
    visitor = new_page()
    type_danger(visitor, site)
    urgent = visitor.get_by_role("complementary", name="This may be urgent")
    expect(urgent.get_by_role("link", name="988")).to_have_attribute("href", "tel:988")

    [mail] = alarm_mails(site, "demo-triage")
    body = mail.get_content()
    assert "pills" not in body
    link = re.search(r"http\S+/alarm/\S+", body).group()
    phone = new_page()
    phone.goto(link)
    axe(phone)
    follow(phone.get_by_role("button", name="I have it"))
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    axe(phone)
    assert phone.context.cookies() == []

    reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", mail["Subject"]).group()
    lead = new_page()
    lead.goto(f"{site.url}/admin/")
    lead.get_by_label("Username").fill("demo-lead")
    lead.get_by_label("Password").fill(site.people["demo-lead"])
    follow(lead.get_by_role("button", name="Log in"))
    expect(lead.get_by_role("heading", name="Alarms")).to_have_count(0)
    lead.goto(f"{site.url}/admin/intake/inquiry/{reference}/")
    expect(lead.get_by_text("nobody has it yet")).to_have_count(0)
    expect(lead.get_by_text("“I have it”: after")).to_have_count(1)

    # Danger again: a new alarm, which the lead takes on the case.
    words = visitor.locator(".receipt li").all_inner_texts()
    visitor.goto(f"{site.url}/mailbox/")
    visitor.get_by_label("Your receipt words").fill(" ".join(words))
    follow(visitor.get_by_role("button", name="Open my mailbox"))
    visitor.get_by_label("Your message").fill(WORDS)
    follow(visitor.get_by_role("button", name="Send", exact=True))
    lead.goto(f"{site.url}/admin/")
    follow(lead.get_by_role("region", name="Alarms").get_by_role("link", name=reference))
    expect(lead.get_by_role("heading", name="Alarm: nobody has it yet")).to_be_visible()
    axe(lead)
    follow(lead.get_by_role("button", name="I have it"))
    expect(lead.get_by_text("You have it. The alarm has stopped.")).to_be_visible()
    expect(lead.get_by_role("heading", name="Alarm: nobody has it yet")).to_have_count(0)


def test_an_alarm_whose_worker_was_killed_is_sent_by_the_next_one(site, page):
    type_danger(page, site)
    site.kill()
    site.start()
    assert alarm_mails(site, "demo-triage")
    expect(page.get_by_role("heading", name="We have your request")).to_be_visible()
