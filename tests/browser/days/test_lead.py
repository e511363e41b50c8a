"""Luisa leads Riverside and a second center. She wants it to take inquiries, with somebody there at night, and to read how it goes."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import Membership

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_luisas_day(at_work, luisa, riverside, harbor, arrives):
    luisa.email = "luisa@example.org"
    luisa.save()
    Membership.objects.create(user=luisa, centre=harbor, role="lead")
    for _inquiry in range(6):
        arrives()
    desk = at_work(luisa)
    page = desk.page

    # The second center: its page says what is missing, and each lack leads to where it is mended.
    desk.open("intake/centre/")
    desk.go(desk.link("Harbor"))
    lacks = page.locator(".what-if", has_text="Can this center take inquiries?")
    expect(lacks).to_contain_text("Not yet.")
    expect(lacks).to_contain_text("No opening hours.")
    desk.press(lacks.get_by_role("link", name="Enter opening hours"))
    page.get_by_label("day and night").check()
    desk.go(page.get_by_role("button", name="Save and continue editing").first)
    desk.reads("was changed successfully")
    expect(lacks).not_to_contain_text("No opening hours.")

    # A colleague, on one page.
    desk.go(page.get_by_role("link", name="Add a new colleague"))
    page.get_by_label("Name").fill("Cleo Park")
    page.get_by_label("E-mail address").fill("cleo@example.org")
    page.get_by_label("Center").select_option(label="Harbor")
    desk.go(desk.button("Add them and send the link"))
    desk.reads("Cleo Park gets a mail with a link")
    assert [message.to for message in mail.outbox] == [["cleo@example.org"]]
    desk.open(f"intake/centre/{harbor.pk}/change/")
    expect(lacks).to_contain_text("Yes: it has all it needs.")

    # Nights at Riverside: the gaps stand there until they are planned.
    desk.open(f"intake/inquiry/rota/?centre={riverside.pk}")
    desk.reads("there are hours in which the center is closed and nobody is on call")
    expect(page.locator(".rota-gap").first).to_contain_text("nobody")
    form = page.locator("form", has=page.locator("[value=plan]"))
    form.get_by_label("Who is on call").select_option(label="Luisa Ferreira")
    for box in form.get_by_role("checkbox").all():
        box.check()
    today = timezone.localdate()
    form.get_by_label("From (time of day)").fill("17:00")
    form.get_by_label("Until (time of day)").fill("09:00")
    form.get_by_label("First day").fill(str(today))
    form.get_by_label("Last day").fill(str(today + dt.timedelta(days=20)))
    desk.go(form.get_by_role("button", name="Plan these shifts"))
    expect(page.locator(".rota")).to_contain_text("Luisa Ferreira")
    desk.reads("New York time")

    # How it goes: numbers with their whole, their days, and their zone.
    desk.open("intake/inquiry/dashboard/")
    expect(page.locator(".report-period")).to_contain_text(re.compile(r"As of \d.* UTC"))
    expect(page.locator(".tiles")).to_contain_text("6 of 6 that arrived")
    expect(page.locator(".chart-grid svg").first).to_be_visible()
    desk.fits()
    page.get_by_label("Centre").or_(page.get_by_label("Center")).first.select_option(label="Harbor")
    desk.go(desk.button("Show"))
    desk.reads("No inquiry in this period.")
