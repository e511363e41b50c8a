"""The page "I need help now", and what search says about the centres."""

import pytest
from lxml import html

from intake.models import CentreTranslation

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(riverside):
    riverside.phone, riverside.address = "+1 (202) 555-0143", "1 Water Street\nSpringfield"
    riverside.payments = ["medicaid", "sliding_scale"]
    riverside.save()
    return riverside


def main(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content).cssselect("main")[0]


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_door_on_the_front_page_leads_to_numbers_and_then_to_writing(client, known, prefix):
    door = main(client, f"{prefix}/").cssselect(".door-now a")[0]
    page = main(client, door.get("href"))
    links = [link.get("href") for link in page.cssselect("a")]
    calls = ["tel:911", "tel:988", "tel:+18006624357", "tel:+12025550143", f"{prefix}/contact/"]
    places = [links.index(call) for call in calls]
    assert places == sorted(places)


def test_it_says_whether_the_centre_is_open(client, known):
    assert "Open until 5 p.m. (EST)." in main(client, "/help-now/").text_content()
    assert "Abierto hasta las 5:00 p.\u00a0m. (EST)." in main(client, "/es/help-now/").text_content()


def test_a_text_line_is_opened_with_the_word_that_it_wants(client, known):
    assert main(client, "/help-now/").cssselect('a[href="sms:741741?body=HOME"]')
    assert main(client, "/es/help-now/").cssselect('a[href="sms:741741?body=AYUDA"]')
    assert main(client, "/helplines/").cssselect('a[href="sms:741741?body=HOME"]')


def test_it_stands_without_a_centre(client):
    assert main(client, "/help-now/").cssselect('a[href="tel:911"]')


def card(client, typed, prefix=""):
    found = html.fromstring(client.get(f"{prefix}/search/", {"q": typed}).content).cssselect(".centre-answer")
    return " ".join(found[0].text_content().split()) if found else ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("phone number", "+1 (202) 555-0143"),
        ("what's your number?", "+1 (202) 555-0143"),
        ("opening hours", "Monday: 9 a.m. – 5 p.m."),
        ("are you open on sunday", "Open until 5 p.m."),
        ("rehab near me", "1 Water Street"),
        ("do you take medicaid", "Medicaid"),
        ("how much does it cost", "A price that depends on your income"),
        ("i cant afford rehab", "A price that depends on your income"),
        ("Riverside", "Medicaid"),
        ("any beds available", "Riverside"),
    ],
)
def test_search_finds_the_centre(client, known, typed, words):
    assert words in card(client, typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("horario", "Lunes: 9:00 a. m. – 5:00 p. m."),
        ("número de teléfono", "+1 (202) 555-0143"),
        ("centro cerca de mí", "1 Water Street"),
        ("precio", "Un precio según sus ingresos"),
        ("no tengo seguro", "Medicaid"),
        ("¿dónde están?", "1 Water Street"),
    ],
)
def test_search_finds_the_centre_in_spanish(client, known, typed, words):
    assert words in card(client, typed, "/es")


@pytest.mark.parametrize(
    "typed",
    [
        "how many hours until withdrawal starts",
        "how much alcohol is too much",
        "wet the bed in withdrawal",
        "naloxone near me",
        "aa meetings near me",
        "is it safe to stop xanax",
        "es seguro dejar de tomar",
        "open sores from tranq",
        "i lost my phone and my mind",
        "heroin withdrawal",
    ],
)
def test_a_search_about_something_else_shows_no_centre(client, known, typed):
    assert card(client, typed) == ""


def test_a_number_to_call_in_danger_stays_first(client, known):
    text = main(client, "/search/?q=i+want+to+kill+myself+your+phone+number").text_content()
    assert text.index("988") < text.index("About our centers")


def test_a_search_costs_no_query_more_when_it_is_not_about_the_centre(client, known, django_assert_max_num_queries):
    client.get("/search/?q=heroin")
    with django_assert_max_num_queries(6):
        client.get("/search/?q=heroin")


def test_a_centre_speaks_the_readers_language_or_says_that_it_does_not(client, known):
    known.services, known.to_bring = "Detox\nFamily support", "Your medicines"
    known.save()
    CentreTranslation.objects.create(centre=known, language="es", services="Desintoxicación\nApoyo familiar")
    page = main(client, "/es/centers/riverside/")
    services = page.cssselect("section[aria-labelledby=services] ul")[0]
    assert [item.text_content() for item in services] == ["Desintoxicación", "Apoyo familiar"]
    assert services.get("lang") is None
    [bring] = [part for part in page.cssselect("ul") if "Your medicines" in part.text_content()]
    assert bring.get("lang") == "en"


def test_the_way_to_pay_and_the_way_there_are_on_the_page(client, known):
    known.licences, known.people = "State license 12 (call 1-800-222-1222 to check)", "Mara Lind, nurse"
    known.save()
    page = main(client, "/centers/riverside/")
    text = " ".join(page.text_content().split())
    for words in ("Medicaid", "A price that depends on your income", "Mara Lind, nurse", "State license 12"):
        assert words in text
    assert page.cssselect('a[href="tel:+18002221222"]')
    [map_link] = page.cssselect('a[href^="https://www.openstreetmap.org/search?query=1+Water+Street+Springfield"]')
    assert "noreferrer" in map_link.get("rel")


def test_a_centre_that_has_not_said_how_to_pay_asks_to_be_asked(client, riverside):
    assert "Please ask us, and say so if you can't pay." in main(client, "/centers/riverside/").text_content()


def test_numbers_on_the_list_of_centres_can_be_called(client, known):
    assert main(client, "/centers/").cssselect('a[href="tel:+12025550143"]')
