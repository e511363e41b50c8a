"""The centre pages."""

import datetime as dt
import json

import pytest
from lxml import html

from intake.models import Centre, OpeningHours
from intake.views import centre_pages
from tests.support.vocabulary import mistakes

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(riverside):
    """Riverside with all details, open on Saturday nights too."""
    riverside.phone = "+1 (202) 555-0143"
    riverside.languages = ["en", "es"]
    riverside.services = "Detox\n\nOutpatient care"
    riverside.directions = "Bus 4 stops in front of the door."
    riverside.legal_name = "Riverside Example LLC"
    riverside.save()
    OpeningHours.objects.create(centre=riverside, weekday=5, opens=dt.time(20), closes=dt.time(23, 59))
    return riverside


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def test_the_list_leads_to_each_centre(client, known, harbor):
    harbor.phone = "+1 (202) 555-0120"
    harbor.save()
    links = [link.get("href") for link in page(client, "/centers/").cssselect(".card h2 a")]
    assert links == ["/centers/harbor/", "/centers/riverside/"]


def test_a_centre_page_shows_hours_phone_languages_and_directions(client, known):
    tree = page(client, "/centers/riverside/")
    days = {row.cssselect("th")[0].text_content(): row.cssselect("td")[0].text_content() for row in tree.cssselect("main tr")}
    assert days["Monday"] == "9 a.m. – 5 p.m."
    assert days["Saturday"] == "8 p.m. – midnight"
    assert days["Sunday"] == "closed"
    text = tree.text_content()
    assert centre_pages.zone_name(known) in text
    for words in ("English, Español", "Outpatient care", "Bus 4 stops", "Riverside Example LLC"):
        assert words in text
    assert tree.cssselect('main a[href="tel:+12025550143"]')


def test_a_centre_page_loads_nothing_from_other_hosts(client, known):
    assert not page(client, "/centers/riverside/").cssselect("iframe, main img, main script[src]")


def test_the_structured_data_matches_the_page(client, known):
    [script] = page(client, "/centers/riverside/").cssselect('script[type="application/ld+json"]')
    business = json.loads(script.text)
    assert mistakes(business) == []
    assert business["telephone"] == known.phone
    assert {hours["dayOfWeek"] for hours in business["openingHoursSpecification"]} >= {"https://schema.org/Monday"}


def test_each_centre_is_in_the_sitemap(client, known):
    places = client.get("/sitemap.xml").content.decode()
    assert "/centers/riverside/</loc>" in places
    assert "/es/centers/riverside/</loc>" in places


def test_a_centre_that_does_not_exist_is_not_found(client):
    assert client.get("/centers/nowhere/").status_code == 404


def test_an_empty_list_says_so(client):
    assert "No center is listed yet." in page(client, "/centers/").text_content()


def test_a_center_that_has_only_a_name_yet_is_not_shown_to_visitors(client, riverside):
    Centre.objects.create(name="Pine Street", slug="pine-street")
    assert "Pine Street" not in page(client, "/centers/").text_content()
    assert client.get("/centers/pine-street/").status_code == 404
    assert "/centers/pine-street/" not in client.get("/sitemap.xml").content.decode()
