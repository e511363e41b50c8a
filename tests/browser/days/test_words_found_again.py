"""Fourteen moments at which a page may end while somebody writes. Each time the words are offered on the page where they belong."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Dialog, Error, Locator, Page, expect

from tests.support.browser import Watch, follow
from tests.support.site import PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.once]

DESK = {"width": 1280, "height": 900}
CASES = 14
LONG = 10  # the number of the guide with a long text
UNFOLD = "addEventListener('DOMContentLoaded', () => document.querySelectorAll('details.fold').forEach((fold) => (fold.open = true)))"
SETUP = f"""
import datetime as dt, json, secrets
from django.utils import timezone
from accounts.models import User
from articles.models import Guide
from intake import disclosure
from intake.cases.inquiry_data import InquiryData
from intake.submission import receive

def arrives():
    data = InquiryData(name="Quillon", phone="+12125550143", message="I want to stop.", contact_way="phone")
    return receive.receive(data, form_token=secrets.token_bytes(16)).inquiry

cases = [arrives() for _ in range({CASES})]
words = dict(person="Q.", discloser="Harbor House", recipient="A practice", what="That they ask", purpose="a place", leave_out="")
for case in cases:
    disclosure.record_consent(
        case, words=words, by=User.objects.get(username="demo-triage"), way="phone", expires_at=timezone.now() + dt.timedelta(days=30)
    )
# Browsers send 64 KiB at most when a page is left.
guides = list(Guide.objects.order_by("pk").values_list("pk", flat=True)[:{CASES}])
Guide.objects.filter(pk=guides[{LONG}]).update(body="<p>" + "</p><p>".join(["Some words. " * 100] * 100) + "</p>")
print(json.dumps(dict(cases=[case.reference for case in cases], guides=guides)))
"""
AGE = """
from importlib import import_module
from django.conf import settings
session = import_module(settings.SESSION_ENGINE).SessionStore({key!r})
session["last_act"] = 0
session.save()
"""


@dataclass
class Desk:
    """A running site with cases of the demo's center, and whoever works there."""

    site: Site
    new_page: Callable[..., Page]
    watch: Watch
    cases: list[str]
    guides: list[int]
    signed_in: dict[str, Any] = field(default_factory=dict)

    def page(self, who: str, *, own_session: bool = False) -> Page:
        """Open the front page as `who`: with the session of the tests before this one, or with one that may end."""
        if own_session or who not in self.signed_in:
            page = self._new_page()
            self.sign_in(page, who)
            if not own_session:
                self.signed_in[who] = page.context.storage_state()
            return page
        page = self._new_page(storage_state=self.signed_in[who])
        page.goto(f"{self.site.url}/admin/")
        return page

    def _new_page(self, **options: Any) -> Page:
        page = self.new_page(viewport=DESK, **options)
        page.context.add_init_script(UNFOLD)  # each fold is open, as somebody opens them who uses all of a page
        return page

    def sign_in(self, page: Page, who: str) -> None:
        if "/login/" not in page.url:
            page.goto(f"{self.site.url}/admin/")
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Log in"))


@pytest.fixture(scope="module")
def shared(live_site) -> dict[str, Any]:
    """The cases and guides, and the sessions that the tests of this module have in common."""
    return {**json.loads(live_site.manage("shell", "-v", "0", "-c", SETUP).splitlines()[-1]), "signed_in": {}}


@pytest.fixture
def desk(live_site, shared, new_page, watch) -> Desk:
    return Desk(live_site, new_page, watch, **shared)


@dataclass(frozen=True)
class Paper:
    """Something that staff write: who writes it, on which page of a case (or of a guide), and into which box."""

    who: str
    path: str
    box: str

    def address(self, desk: Desk, number: int) -> str:
        path = self.path.format(case=desk.cases[number], guide=desk.guides[number])
        return f"{desk.site.url}/admin/{path}"

    def on(self, page: Page) -> Locator:
        return page.locator(self.box)

    def text(self, page: Page) -> str:
        box = self.on(page)
        return box.inner_text() if "ProseMirror" in self.box else box.input_value()


CASE, GUIDE = "intake/inquiry/{case}/", "articles/guide/{guide}/change/"
NOTE = Paper("demo-triage", CASE, "[name='note-text']")
REPLY = Paper("demo-triage", CASE, "[name='reply-text']")
PRE_SCREEN = Paper("demo-triage", CASE + "pre-screen/", "[name='prescreen-notes']")
BY_PHONE = Paper("demo-triage", "intake/inquiry/by-phone/", "[name='message']")
CONSENT = Paper("demo-triage", CASE + "disclosures/", "[name='consent-what']")
REFERRAL = Paper("demo-triage", CASE + "disclosures/", "[name='refer-note']")
GUIDE_TEXT = Paper("demo-editor", GUIDE, ".ProseMirror[contenteditable=true]")
GUIDE_SUMMARY = Paper("demo-editor", GUIDE, "[name='summary']")

# A moment is called with the desk, the page that was just typed into, what was typed on it, and its address. It returns the page on which
# somebody looks for the words; `desk` and the page that is left are in the state that the moment leaves them in.
Moment = Callable[[Desk, Page, Paper, str], Page]


def wait_until_kept(page: Page) -> None:
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile("What you typed is kept"))


def asked_before_leaving(page: Page) -> list[str]:
    """Stay on the page each time it asks; return the list of what it asked so far."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return asked


def the_tab_is_killed(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    wait_until_kept(page)
    again = page.context.new_page()
    with contextlib.suppress(Error):
        page.goto("chrome://crash")
    desk.watch.other_hosts.clear()
    return again


def left_by_a_link_at_once(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    follow(page.locator("#site-name a"))
    return page


def signed_out_at_once(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    follow(page.get_by_role("button", name="Log out"))
    page.goto(address)
    desk.sign_in(page, paper.who)
    assert page.url == address
    return page


def idle_for_too_long(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    wait_until_kept(page)
    [session] = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "staff"]
    desk.site.manage("shell", "-v", "0", "-c", AGE.format(key=session))
    paper.on(page).press_sequentially(" and more")
    follow(page.get_by_role("button", name="Store", exact=True))
    expect(page.get_by_text("You were signed out because nothing happened for a while.")).to_be_visible()
    desk.sign_in(page, paper.who)
    assert page.url == address
    return page


def turn(page: Page, state: str) -> None:
    """Hide or show a tab, which a browser without a screen never does."""
    page.evaluate(f"Object.defineProperty(document, 'visibilityState', {{ value: {state!r}, configurable: true }})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def signed_out_and_in_again_in_another_tab(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    turn(page, "hidden")
    other = page.context.new_page()
    other.goto(f"{desk.site.url}/admin/")
    follow(other.get_by_role("button", name="Log out"))
    turn(page, "visible")
    expect(page.get_by_text("You are signed out. Sign in again: what you typed is offered to you.")).to_be_visible()
    other.goto(f"{desk.site.url}/admin/")
    desk.sign_in(other, paper.who)
    paper.on(page).press_sequentially(" and more")
    follow(page.get_by_role("button", name="Save consent"))
    expect(page.get_by_role("heading", name="This form was open for too long")).to_be_visible()
    desk.watch.failed.clear()  # saving from the old page may have been refused, too
    return other


def a_colleague_was_faster(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    colleague = desk.page("demo-lead")
    colleague.goto(address.removesuffix("disclosures/"))
    follow(colleague.get_by_role("button", name="Take this case"))
    page.locator("[name='refer-consent']").select_option(index=1)
    follow(page.get_by_role("button", name="Offer the case"))
    expect(page.get_by_role("alert").filter(has_text="This case has changed since you opened it")).to_be_visible()
    assert "plum" in paper.text(page)
    page.close()
    return desk.page(paper.who)


def the_server_refused_the_form(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    follow(page.get_by_role("button", name="Save consent"))
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    assert "plum" in paper.text(page)
    follow(page.locator("#site-name a"))
    return page


def the_server_restarted(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    desk.site.kill()
    paper.on(page).press_sequentially(" and more")
    expect(page.get_by_text("What you typed can’t be kept just now.")).to_be_visible()
    asked = asked_before_leaving(page)
    page.locator("#site-name a").click(no_wait_after=True)
    desk.site.start()
    wait_until_kept(page)
    assert asked == ["beforeunload"]
    follow(page.locator("#site-name a"))
    return page


def back(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    follow(page.locator("#site-name a"))
    page.go_back()
    return page


def loaded_again_at_once(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    """What is sent last may arrive after the page was asked for; then the next load has it."""
    page.reload()
    for _load in range(20):
        if page.locator(".draft-offer").count():
            break
        page.reload()
    return page


def opened_in_a_second_tab(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    wait_until_kept(page)
    second = page.context.new_page()
    second.goto(address)
    paper.on(second).fill("pear")
    wait_until_kept(second)
    second.goto(address)
    expect(second.locator(".draft-offer")).to_have_count(2)
    return second


def a_draft_was_thrown_away(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    """The button sends the page away before the words were kept."""
    wait_until_kept(page)
    other = page.context.new_page()
    other.goto(address)
    paper.on(other).click()
    other.keyboard.type("plum after all")
    follow(other.get_by_role("button", name="Throw it away"))
    return other


def a_long_text_is_left_at_once(desk: Desk, page: Page, paper: Paper, address: str) -> Page:
    """Too long to be sent along: she is asked, stays, and it is kept at once."""
    asked = asked_before_leaving(page)
    page.locator("#site-name a").click(no_wait_after=True)
    wait_until_kept(page)
    follow(page.locator("#site-name a"))
    assert asked == ["beforeunload"]
    return page


MORE = "plum and more"
MOMENTS = [
    (NOTE, the_tab_is_killed, "plum"),
    (GUIDE_TEXT, the_tab_is_killed, ""),
    (REPLY, left_by_a_link_at_once, "plum"),
    (PRE_SCREEN, signed_out_at_once, "plum"),
    (BY_PHONE, idle_for_too_long, MORE),
    (CONSENT, signed_out_and_in_again_in_another_tab, MORE),
    (REFERRAL, a_colleague_was_faster, "plum"),
    (CONSENT, the_server_refused_the_form, "plum"),
    (GUIDE_TEXT, back, ""),
    (REPLY, loaded_again_at_once, "plum"),
    (GUIDE_TEXT, a_long_text_is_left_at_once, ""),
    (GUIDE_SUMMARY, opened_in_a_second_tab, ""),
    (GUIDE_TEXT, a_draft_was_thrown_away, ""),
    (NOTE, the_server_restarted, MORE),
]
assert MOMENTS[LONG][1] is a_long_text_is_left_at_once


@pytest.mark.parametrize(
    ("number", "paper", "moment", "words"), [pytest.param(number, *row, id=row[1].__name__) for number, row in enumerate(MOMENTS)]
)
def test_the_words_are_offered_where_they_belong(desk, number, paper, moment, words):
    """Drafts of a case say how they begin, those of a guide only when they were written."""
    page = desk.page(paper.who, own_session="signed_out" in moment.__name__ or "idle" in moment.__name__)
    address = paper.address(desk, number)
    page.goto(address)
    paper.on(page).click()
    page.keyboard.type("plum")
    page = moment(desk, page, paper, address)
    if page.url != address:
        page.goto(address)
    offer = page.locator(".draft-offer").filter(has_text=words).last
    follow(offer.get_by_role("button", name="Put it back"))
    assert (words or "plum") in paper.text(page)
