"""Opening hours: one clock, and the same words on every page."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from intake.models import OpeningHours
from intake.scheduling.opening_hours import CentreHours

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def day_and_night(riverside):
    """Riverside, open from Monday to Wednesday day and night."""
    riverside.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(centre=riverside, weekday=day, opens=dt.time(0), closes=dt.time(23, 59)) for day in range(3)
    )
    return riverside


def hours_on_contact_page(client, path):
    tree = html.fromstring(client.get(path).content)
    return dict(line.text_content().strip().split(": ", 1) for line in tree.cssselect("details li") if ": " in line.text_content())


def hours_on_centre_page(client, path):
    rows = html.fromstring(client.get(path).content).cssselect("main tr")
    return {row.cssselect("th")[0].text_content(): row.cssselect("td")[0].text_content() for row in rows}


@pytest.mark.parametrize(("prefix", "monday", "words"), [("", "Monday", "day and night"), ("/es", "Lunes", "de día y de noche")])
def test_the_contact_page_says_the_hours_as_the_centres_page_does(client, day_and_night, prefix, monday, words):
    asked = hours_on_contact_page(client, f"{prefix}/contact/")
    assert asked[monday] == hours_on_centre_page(client, f"{prefix}/centers/riverside/")[monday]
    assert asked[monday] == words


def test_the_contact_page_uses_the_readers_clock(client, riverside):
    assert hours_on_contact_page(client, "/contact/")["Monday"] == "9 a.m. – 5 p.m."
    assert hours_on_contact_page(client, "/es/contact/")["Lunes"] == "9:00 a.\u00a0m. – 5:00 p.\u00a0m."


def test_a_night_shift_has_no_gap_at_midnight(day_and_night):
    hours = CentreHours(day_and_night)
    monday = dt.datetime(2026, 11, 23, tzinfo=NEW_YORK)
    assert hours.is_open(monday.replace(hour=23, minute=59, second=30))
    assert hours.minutes_between(monday, monday + dt.timedelta(days=2)) == 2 * 24 * 60
    assert hours.after(24 * 60 + 30, monday) == monday + dt.timedelta(days=1, minutes=30)


def test_an_hour_that_the_clocks_repeat_is_counted(riverside):
    OpeningHours.objects.create(centre=riverside, weekday=6, opens=dt.time(0), closes=dt.time(4))
    sunday = dt.datetime(2026, 11, 1, tzinfo=NEW_YORK)
    assert CentreHours(riverside).minutes_between(sunday, sunday + dt.timedelta(hours=8)) == 5 * 60
