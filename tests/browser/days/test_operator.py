"""Olga runs the site. She makes a center and accounts, switches people off, looks after the channels, and reads no inquiry."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from intake import triage
from intake.models import Centre, Inquiry
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_olgas_day(at_work, olga, luisa, ben, riverside, arrives):  # noqa: PLR0917
    luisa.email = "luisa@example.org"
    luisa.save()
    case = arrives()
    triage.claim(case, by=ben)
    desk = at_work(olga)
    page = desk.page

    # A new center: saved with only a name, it takes nothing yet, and its page says why.
    desk.open("intake/centre/add/")
    page.get_by_label("Name:", exact=True).first.fill("Hillside")
    desk.go(page.get_by_role("button", name="Save and continue editing").first)
    lacks = page.locator(".what-if", has_text="Can this center take inquiries?")
    expect(lacks).to_contain_text("Not yet.")
    expect(lacks).not_to_contain_text("No key")

    # Its first lead, by a link, without a password of Olga's making.
    desk.go(page.get_by_role("link", name="Add a new colleague"))
    page.get_by_label("Name").fill("Cleo Park")
    page.get_by_label("E-mail address").fill("cleo@example.org")
    page.get_by_label("What they do").select_option(label="leads the center, and answers inquiries")
    page.get_by_label("Center").select_option(label="Hillside")
    desk.go(desk.button("Add them and send the link"))
    desk.reads("Cleo Park gets a mail with a link")
    desk.reads("Cleo Park leads Hillside once they accept it")
    cleo = User.objects.get(email="cleo@example.org")
    assert not cleo.has_usable_password()
    assert not cleo.memberships.exists()

    # Cleo accepts on her front page: then she leads Hillside, and nobody adds members but she.
    cleo.set_password(PASSWORD)
    cleo.save()
    hers = at_work(cleo)
    hers.go(hers.link("1 change of who works at a center waits for your word"))
    hers.go(hers.page.get_by_role("button", name="Accept"))
    hers.reads("Confirmed. It is in effect now.")
    hillside = Centre.objects.get(slug="hillside")
    assert (cleo.memberships.get().centre, cleo.memberships.get().role) == (hillside, "lead")
    desk.open(f"intake/centre/{hillside.pk}/members/")
    desk.reads("The operator sees it and can’t change it.")
    expect(page.locator("#content-main, #content").get_by_role("button")).to_have_count(0)

    # Ben leaves. Nobody is deleted: he is switched off, and his case goes back to the team.
    desk.open("accounts/user/")
    page.get_by_role("row", name=re.compile("Ben Okafor")).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Switch off: they no longer work here")
    desk.go(page.get_by_role("button", name=re.compile("^(Go|Run)")))
    desk.reads("Ben Okafor is switched off")
    assert Inquiry.objects.get().claimed_by is None
    expect(page.get_by_role("option", name=re.compile("Delete"))).to_have_count(0)

    # The channels: lists without rows say what they are for.
    for path, words in (
        ("intake/webhookendpoint/", "You need one only if another system is to be told of new inquiries."),
        ("intake/team/", "Without teams, every inquiry goes to all members of its center."),
        ("intake/oncallshift/", "Without shifts, danger at night rings the leads"),
    ):
        desk.open(path)
        desk.reads(words)
        desk.fits()

    # She is no reader: of danger she sees that it is there, not what was written.
    desk.open(f"intake/inquiry/{case.reference}/")
    desk.reads("There is no such page for you")
    expect(page.get_by_text("zzyzxword")).to_have_count(0)
