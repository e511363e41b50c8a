"""Luisa sets up a colleague on one page; Cleo chooses her password by the link and is at the queue. Later she forgets it."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import User
from tests.support.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
FIRST, SECOND = "a first long password", "a second long password"


def signs_in(page, live_server, username, password):
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Log in"))


def link(live_server):
    """Return the link in the last mail, on this server."""
    [path] = re.findall(r"(/admin/password/\S+)", mail.outbox[-1].body)
    return live_server.url + path


def chooses(page, address, password):
    page.goto(address)
    page.get_by_label("New password:", exact=True).fill(password)
    page.get_by_label("New password confirmation").fill(password)
    follow(page.get_by_role("button", name="Set the password"))


def test_a_lead_sets_up_a_colleague_who_signs_in_by_the_link(live_server, new_page, luisa, riverside, axe):
    leads = new_page()
    signs_in(leads, live_server, "luisa", "a long enough pass")
    leads.goto(f"{live_server.url}/admin/intake/centre/{riverside.pk}/change/")
    follow(leads.get_by_role("link", name="Add a new colleague"))
    leads.get_by_label("Name").fill("Cleo Park")
    leads.get_by_label("E-mail address").fill("cleo@example.org")
    axe(leads)
    follow(leads.get_by_role("button", name="Add them and send the link"))
    expect(leads.get_by_text("Cleo Park gets a mail with a link")).to_be_visible()
    expect(leads.get_by_role("row", name=re.compile("Cleo Park"))).to_contain_text("has never signed in")

    hers = new_page()
    chooses(hers, link(live_server), FIRST)
    expect(hers.get_by_text("Your password is set.")).to_be_visible()
    signs_in(hers, live_server, "cleo@example.org", FIRST)
    expect(hers.get_by_role("heading", name="Who is next")).to_be_visible()
    assert User.objects.get(username="cleo@example.org").time_zone == "America/New_York"

    later = new_page()
    later.goto(live_server.url + "/admin/")
    follow(later.get_by_role("link", name="Forgotten your login credentials?"))
    axe(later)
    later.get_by_label("Your e-mail address").fill("cleo@example.org")
    before = len(mail.outbox)
    follow(later.get_by_role("button", name="Send me the link"))
    expect(later.get_by_text("If somebody works here with that address")).to_be_visible()
    while len(mail.outbox) == before:  # the mail follows the answer
        later.wait_for_timeout(50)
    chooses(later, link(live_server), SECOND)
    signs_in(later, live_server, "cleo@example.org", SECOND)
    expect(later.get_by_role("heading", name="Who is next")).to_be_visible()
