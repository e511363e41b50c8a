"""A nurse adds a passkey on her phone and signs in with it alone; a lead is asked again before an export; codes work once.

The browser has a virtual authenticator. Browsers allow passkeys on http://localhost, and on no address that is a number.
"""

import datetime as dt
import re
import time

import pytest
import time_machine
from playwright.sync_api import expect

from accounts.factors import held
from intake.models import ExportRecord
from tests.people import PASSWORD
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def site(live_server):
    return live_server.url.replace("127.0.0.1", "localhost")


def with_authenticator(page):
    """Give the page a phone that makes passkeys and unlocks at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def signs_in(page, site, username):
    page.goto(f"{site}/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Log in"))


def adds_passkey(page, site, name="my phone"):
    page.goto(f"{site}/admin/sign-in/passkeys/new/")
    page.get_by_label("What do you call this device?").fill(name)
    with page.expect_navigation(url=re.compile("recovery-codes|sign-in/$")):
        page.get_by_role("button", name="Make the passkey").click()


def signs_out(page):
    follow(page.get_by_role("button", name="Log out"))


def test_amara_adds_a_passkey_on_her_phone_and_signs_in_with_it_alone(new_page, site, amara, inquiry, axe):
    page = with_authenticator(new_page())
    signs_in(page, site, "amara")
    expect(page.get_by_text("Add a passkey by")).to_be_visible()
    follow(page.get_by_role("link", name="Add one: it takes a minute"))
    axe(page)
    follow(page.get_by_role("link", name="Add a passkey", exact=True))
    axe(page)
    adds_passkey(page, site)
    expect(page.get_by_text("Your passkey is added.")).to_be_visible()
    expect(page.locator(".factor-codes li")).to_have_count(10)
    axe(page)
    follow(page.get_by_role("link", name="I have kept them: go on"))
    expect(page.get_by_text("Add a passkey by")).to_have_count(0)
    signs_out(page)

    page.goto(f"{site}/admin/intake/inquiry/{inquiry.reference}/")
    axe(page)
    with page.expect_navigation(url=re.compile(inquiry.reference + "/$")):
        page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name=re.compile(inquiry.reference))).to_be_visible()

    follow(page.get_by_role("link", name="Your sign-in"))
    follow(page.get_by_role("link", name="Rename my phone"))
    page.get_by_label("What do you call this device?").fill("new phone")
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name="Rename new phone")).to_be_visible()


def test_luisa_is_asked_again_before_an_export_with_names(new_page, site, luisa, inquiry, axe):
    page = with_authenticator(new_page(viewport={"width": 1280, "height": 900}))
    signs_in(page, site, "luisa")
    adds_passkey(page, site)
    page.goto(f"{site}/admin/intake/inquiry/export/")
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6)):
        page.get_by_label("With names, phones and e-mails").check()
        page.get_by_label("Last day").fill(f"{dt.date.today():%Y-%m-%d}")
        follow(page.get_by_role("button", name=re.compile("Export")))
        expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
        axe(page)
        assert not ExportRecord.objects.exists()
        with page.expect_navigation(url=re.compile("export/$")):
            page.get_by_role("button", name="Use your passkey").click()
        expect(page.get_by_label("With names, phones and e-mails")).to_be_checked()
        with page.expect_download():
            page.get_by_role("button", name=re.compile("Export")).click()
    assert ExportRecord.objects.get().with_identity


def test_contact_details_after_idling_follow_the_passkey_by_themselves(new_page, site, amara, inquiry):
    page = with_authenticator(new_page())
    signs_in(page, site, "amara")
    adds_passkey(page, site)
    page.goto(f"{site}/admin/intake/inquiry/{inquiry.reference}/")
    follow(page.get_by_role("button", name=re.compile("Take|take")).first)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11)):
        follow(page.get_by_role("button", name=re.compile("Show.*contact|contact details", re.IGNORECASE)).first)
        expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
        with page.expect_navigation(url=re.compile("#contact$")):
            page.get_by_role("button", name="Use your passkey").click()
        expect(page.get_by_text("Contact details are shown for five minutes.")).to_be_visible()


def test_luisa_adds_an_app_and_a_recovery_code_works_once(new_page, site, luisa, axe):
    page = new_page()
    signs_in(page, site, "luisa")
    page.goto(f"{site}/admin/sign-in/app/")
    expect(page.locator(".factor-qr svg")).to_be_visible()
    axe(page)
    seed = page.locator(".factor-seed").inner_text().replace(" ", "")
    page.get_by_label("The six digits that the app shows now").fill(held.code_at(seed, int(time.time()) // 30))
    follow(page.get_by_role("button", name="Add the app"))
    code = page.locator(".factor-codes li").first.inner_text()
    signs_out(page)

    signs_in(page, site, "luisa")
    axe(page)
    page.get_by_label("Code").fill(held.code_at(seed, int(time.time()) // 30 + 1))
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", name="Who is next")).to_be_visible()
    signs_out(page)

    for works in (True, False):
        signs_in(page, site, "luisa")
        page.get_by_label("Code").fill(code)
        follow(page.get_by_role("button", name="Sign in"))
        if works:
            expect(page.get_by_text("9 are left")).to_be_visible()
            signs_out(page)
    expect(page.get_by_text("This code is not right, or it was used already.")).to_be_visible()


def test_ben_without_a_factor_reaches_nothing_else_after_the_week(new_page, site, ben, inquiry):
    ben.factor_due_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    ben.save()
    page = new_page()
    signs_in(page, site, "ben")
    expect(page.get_by_text("To go on, add a passkey or an app.")).to_be_visible()
    page.goto(f"{site}/admin/intake/inquiry/{inquiry.reference}/")
    expect(page.get_by_role("heading", name="Your sign-in")).to_be_visible()
    signs_out(page)
    expect(page.get_by_text("You are signed out on this device.")).to_be_visible()


def test_an_address_that_is_a_number_says_that_it_can_have_no_passkeys(new_page, live_server, amara):
    page = new_page()
    numbered = live_server.url.replace("localhost", "127.0.0.1")
    signs_in(page, numbered, "amara")
    expect(page.get_by_text("Sign in with a passkey")).to_have_count(0)
    page.goto(f"{numbered}/admin/sign-in/passkeys/new/")
    expect(page.get_by_text("This address is a number.")).to_be_visible()
