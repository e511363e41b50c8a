"""Danger typed on a phone at night, until somebody says why the case may leave: with a mail server, and three phones."""

import re
import time
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from tests.support.browser import follow
from tests.support.mail import PATIENCE, MailServer
from tests.support.site import Site, site_like

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}
REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port, ready_timeout=PATIENCE)
    controller.start()
    yield server
    controller.stop()


@pytest.fixture
def site(tmp_path, site_template, static_folder, live_cluster, mail_server) -> Iterator[Site]:
    data = tmp_path / "data"
    with site_like(site_template, data, static_folder, live_cluster, EMAIL_URL=mail_server.url) as running:
        yield running


@pytest.fixture
def phone(new_page):
    return lambda **options: new_page(viewport=PHONE, color_scheme="dark", **options)


def ask(page: Page, site: Site, words: str, path: str = "/contact/") -> None:
    page.goto(site.url + path)
    page.locator("[name=for_whom][value=other]").check()
    page.locator("[name=contact_way][value=mailbox]").check()
    page.locator("[name=message]").fill(words)
    follow(page.locator("#contact-form button.button[type=submit]:not([name])"))


def alarm_to(mail_server: MailServer, username: str) -> str:
    """Return the text of the alarm to a member of staff; waits for it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for message in mail_server.messages:
            if message["To"] == f"{username}@example.org" and "danger" in message["Subject"]:
                return f"{message['Subject']}\n{message.get_content()}"
        time.sleep(0.05)
    raise AssertionError(f"{username} got no alarm")


def sign_in(page: Page, site: Site, username: str) -> None:
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(site.people[username])
    follow(page.get_by_role("button", name="Log in"))


def in_danger_now(page: Page, site: Site, reference: str):
    page.goto(f"{site.url}/admin/intake/inquiry/")
    return page.locator("tr.case-row[data-rank='1']").get_by_role("link", name=reference)


def log_no_answer(page):
    """Log a call that nobody answered: the form is folded where a reply is the next step."""
    page.locator("summary", has_text="Log an attempt").click()
    page.get_by_role("radio", name="no answer").check()
    follow(page.get_by_role("button", name="Save attempt"))


def test_from_the_words_to_the_reason_why_it_may_leave(site, mail_server, phone):
    visitor = phone(locale="es", java_script_enabled=False)
    ask(visitor, site, "mi hermano tomó muchas pastillas y no despierta", "/es/contact/")
    urgent = visitor.get_by_role("complementary", name="Esto puede ser urgente")
    expect(urgent.get_by_role("link", name="911").first).to_have_attribute("href", "tel:911")
    words = " ".join(visitor.locator(".receipt li").all_inner_texts())

    # The second phone: nobody is signed in there.
    alarm = alarm_to(mail_server, "demo-triage")
    assert "pastillas" not in alarm
    reference, link = REFERENCE.search(alarm).group(), re.search(r"http\S+/alarm/\S+", alarm).group()
    second = phone(java_script_enabled=False)
    second.goto(link)
    follow(second.get_by_role("button", name="I have it"))
    expect(second.get_by_role("heading", name="Thank you")).to_be_visible()
    follow(second.get_by_role("link", name="Open the admin to see it"))
    sign_in(second, site, "demo-triage")
    follow(in_danger_now(second, site, reference))
    expect(second.locator(".danger-words")).to_be_in_viewport()
    expect(second.get_by_role("link", name="Call 911")).to_be_in_viewport()

    # The third phone, a colleague's, shows who has it.
    lead = phone()
    sign_in(lead, site, "demo-lead")
    expect(lead.get_by_role("heading", name="Alarms")).to_have_count(0)
    follow(in_danger_now(lead, site, reference))
    expect(lead.locator(".danger-done").get_by_text("Tamsin Reed (demo): “I have it”")).to_be_visible()

    follow(second.get_by_role("button", name="I called 911"))
    expect(second.locator("#emergency").get_by_text("Tamsin Reed (demo) called 911")).to_be_in_viewport()
    follow(second.get_by_role("link", name="Back to the case"))
    log_no_answer(second)
    expect(in_danger_now(second, site, reference)).to_be_visible()

    # The colleague's page is old by now: nothing is lost, and nothing is done twice.
    lead.locator("summary", has_text="Let it leave").click()
    lead.get_by_role("radio", name="reached and safe").check()
    follow(lead.get_by_role("button", name="It may leave"))
    expect(lead.get_by_text("This case has changed since you opened it.")).to_be_visible()
    expect(lead.locator(".danger-done").get_by_text("Tamsin Reed (demo) called 911")).to_be_visible()
    lead.locator("summary", has_text="Close the case").click()
    lead.get_by_label("How it ended").select_option("informed")
    follow(lead.get_by_role("button", name="Close the case"))
    expect(lead.get_by_text("Say first why this case may leave “Danger now”.")).to_be_visible()
    # What was chosen there before is kept, so the part is open.
    lead.get_by_role("radio", name="reached and safe").check()
    follow(lead.get_by_role("button", name="It may leave"))
    expect(in_danger_now(lead, site, reference)).to_have_count(0)

    # Until the person writes again.
    visitor.goto(f"{site.url}/es/mailbox/")
    visitor.locator("[name=words]").fill(words)
    follow(visitor.get_by_role("button", name="Abrir mi buzón"))
    visitor.locator("[name=text]").fill("otra vez no respira")
    follow(visitor.get_by_role("button", name="Enviar", exact=True))
    expect(urgent.get_by_role("link", name="911").first).to_be_visible()
    follow(in_danger_now(lead, site, reference))
    expect(lead.get_by_role("heading", name="Alarm: nobody has it yet")).to_be_in_viewport()
    expect(lead.locator(".danger-words")).to_have_text("otra vez no respira")


def test_with_nobody_to_tell_the_page_says_whom_to_call_before_and_after(site, phone):
    site.manage("shell", "-c", "from accounts.models import User; User.objects.update(email='')")
    visitor = phone()
    visitor.goto(f"{site.url}/contact/")
    unreached = visitor.get_by_role("complementary", name="We can't reach anyone here now")
    expect(unreached.get_by_role("link", name="988")).to_have_attribute("href", "tel:988")
    ask(visitor, site, "I took all my pills and I want to die")
    expect(visitor.get_by_role("heading", name="We have your request")).to_be_visible()
    expect(unreached.get_by_role("link", name="911")).to_be_visible()
    expect(visitor.get_by_text("will answer by")).to_have_count(0)
    staff = phone()
    sign_in(staff, site, "demo-triage")
    expect(staff.get_by_role("heading", name="Alarms")).to_be_visible()
