"""The staff pages in a real browser: few clicks, keyboard only, on a phone, without axe violations."""

import pytest
from playwright.sync_api import expect

from accounts.models import Session
from intake.models import ContactAttempt, Inquiry
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/intake/inquiry/"


class Hand:
    """A page that counts clicks."""

    def __init__(self, page):
        self.page = page
        self.clicks = 0

    def click(self, role, name):
        self.clicks += 1
        self.page.get_by_role(role, name=name).click()


def sign_in(page, live_server, click, username="amara"):
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("a long enough pass")
    with page.expect_navigation():  # or the next request would be sent before the session exists
        click("button", "Log in")


def key(page):
    return lambda role, name: page.get_by_role(role, name=name).press("Enter")


@pytest.mark.parametrize("script", [True, False])
def test_from_sign_in_to_the_first_logged_attempt_in_less_than_six_clicks(live_server, new_page, arrives, amara, script):
    page = new_page(java_script_enabled=script)
    arrives()
    urgent = arrives(priority=1, priority_reasons=["danger_now"])
    hand = Hand(page)
    sign_in(page, live_server, hand.click)
    assert page.locator("table.queue th[scope=row]").first.inner_text() == urgent.reference
    hand.click("link", urgent.reference)
    hand.click("button", "Show name and contact details")
    expect(page.get_by_role("link", name="+12125550143")).to_have_attribute("href", "tel:+12125550143")
    hand.click("radio", "no answer")
    hand.click("button", "Save attempt")
    expect(page.get_by_text("The attempt is logged.")).to_be_visible()
    assert hand.clicks < 6
    attempt = ContactAttempt.objects.get()
    assert (attempt.inquiry, attempt.author) == (urgent, amara)


def test_the_queue_has_keyboard_shortcuts(live_server, page, arrives, amara):
    first, second = arrives(priority=1), arrives()
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + "/admin/intake/inquiry/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=first.reference)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label(f"Tick {first.reference}")).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=first.reference)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("You have this case now.")).to_be_visible()
    assert Inquiry.objects.get(claimed_by=amara) == second
    page.goto(live_server.url + "/admin/intake/inquiry/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name=f"Case {first.reference}")).to_be_visible()


def test_the_queue_refreshes_and_keeps_ticks_and_place(live_server, page, arrives, amara):
    case = arrives()
    page.clock.install()
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + "/admin/intake/inquiry/")
    page.get_by_label(f"Tick {case.reference}").check()
    danger = arrives(priority=1)
    page.clock.run_for(16_000)
    expect(page.get_by_role("link", name=danger.reference)).to_be_visible()
    expect(page.get_by_label(f"Tick {case.reference}")).to_be_checked()
    expect(page.get_by_label(f"Tick {case.reference}")).to_be_focused()


LISTEN = """
    window.heard = [];
    window.Notification = class { constructor(title, { body }) { window.heard.push(`${title}: ${body}`); } };
    window.Notification.permission = 'granted';
    window.Notification.requestPermission = () => {};
    const sound = window.AudioContext.prototype.createOscillator;
    window.AudioContext.prototype.createOscillator = function () { window.heard.push('sound'); return sound.call(this); };
"""


@pytest.mark.parametrize("address", ["/admin/", QUEUE])
def test_a_new_danger_case_triggers_a_sound_and_an_anonymous_notice(live_server, page, arrives, amara, address):
    page.add_init_script(LISTEN)
    arrives()
    page.clock.install()
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + address)
    switch = page.get_by_label("Tell me with a sound and a notice")
    expect(switch).not_to_be_checked()

    # With notices switched off, the case only moves to the top.
    first = arrives(priority=1)
    page.clock.run_for(16_000)
    expect(page.get_by_role("link", name=first.reference)).to_be_visible()
    assert page.evaluate("heard") == []

    switch.check()
    second = arrives(priority=1)
    page.clock.run_for(16_000)
    expect(page.get_by_role("link", name=second.reference)).to_be_visible()
    assert page.evaluate("heard") == ["sound", "Someone may be in danger: A new inquiry is at the top of the queue."]

    # The same case is not announced again, and the switch keeps its setting.
    page.clock.run_for(16_000)
    assert len(page.evaluate("heard")) == 2
    page.reload()
    expect(switch).to_be_checked()


@pytest.mark.parametrize("address", ["/admin/", QUEUE, "case"])
def test_a_signed_out_page_hides_everything(live_server, page, arrives, amara, address):
    case = arrives()
    page.clock.install()
    sign_in(page, live_server, key(page))
    page.goto(live_server.url + (f"{QUEUE}{case.reference}/" if address == "case" else address))
    expect(page.get_by_text(case.reference).first).to_be_visible()
    Session.objects.all().delete()
    page.clock.run_for(16_000)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_text(case.reference)).to_have_count(0)


def test_contact_details_leave_the_page_after_five_minutes(live_server, page, arrives, amara):
    case = arrives()
    sign_in(page, live_server, key(page))
    page.goto(f"{live_server.url}/admin/intake/inquiry/{case.reference}/")
    follow(page.get_by_role("button", name="Show name and contact details"))
    details = page.locator("#contact dl")
    expect(details).to_be_visible()
    # Advance the CSS animation by five minutes.
    details.evaluate("element => element.getAnimations().forEach(animation => animation.finish())")
    expect(page.get_by_text("Quillon")).to_have_count(0)


SCREENS = ("/admin/", QUEUE, *(QUEUE + page for page in ("dashboard/", "export/", "absence/", "board/", "offers/", "waiting-list/")))
OF_A_CASE = ("", "pre-screen/", "summary/", "disclosures/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone_and_are_accessible(live_server, new_page, arrives, luisa, axe, scheme):  # noqa: PLR0917
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    case = arrives(safe_windows=[[0, "03:00", "03:01"]], needs_interpreter=True, for_whom="other", priority=1)
    for _more in range(5):
        arrives()
    sign_in(page, live_server, key(page), "luisa")
    for address in (*SCREENS, *(f"{QUEUE}{case.reference}/{part}" for part in OF_A_CASE)):
        assert page.goto(live_server.url + address).status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        axe(page)
