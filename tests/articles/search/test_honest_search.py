"""Searches for what the library has no guide on, and words that must not be mended away."""

import pytest
from django.test import Client
from modelsearch.index import insert_or_update_object

from articles.models import Guide, SearchDocument
from articles.search import ranking, synonyms
from articles.workflow import publishing, starter_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def starter():
    starter_library.load(starter_library.read_all())
    synonyms.load()


def page(typed, language="en"):
    return Client().get("/search/" if language == "en" else f"/{language}/search/", {"q": typed}).content.decode()


@pytest.mark.parametrize("typed", ["ketamine", "my son bets all day, gambling", "magic mushrooms trip", "is kratom safe"])
def test_dana_is_told_first_that_there_is_no_guide_on_it(starter, typed):
    findings = ranking.find(typed, "en")
    assert findings.lacking
    shown = page(typed)
    assert f"We have no guide on <strong>{findings.lacking[0]}</strong> yet." in shown
    assert "No guide has all of your words" not in shown
    assert not findings.question.corrected


def test_luz_is_told_it_in_spanish(starter):
    assert "No tenemos todavía una guía sobre <strong>ketamina</strong>" in page("qué hace la ketamina", "es")


def test_a_subject_with_a_guide_of_its_own_is_not_lacking(starter):
    assert ranking.find("kratom", "en").lacking == ("kratom",)
    document = SearchDocument.objects.get(guide__slug="cannabis-withdrawal")
    document.title = "kratom"
    document.save()
    insert_or_update_object(document)
    assert ranking.find("kratom", "en").lacking == ()


@pytest.mark.parametrize(
    "typed",
    ["i drink a liter of vodka a day want to stop today", "two litres of wine", "will my boss find out", "landlord", "10 beers a night"],
)
def test_a_word_of_the_dictionary_is_never_mended_away(starter, typed):
    findings = ranking.find(typed, "en")
    assert findings.question.corrected == ""
    assert findings.question.alternatives == []


def test_how_much_somebody_drinks_does_not_part_them_from_the_guide(starter):
    findings = ranking.find("a liter of vodka", "en")
    assert findings.results[0].edition.slug == "alcohol-withdrawal"
    assert not findings.partial


@pytest.mark.parametrize("typed", ["can you die from withdrawal", "is withdrawal dangerous", "can stopping suddenly kill you"])
def test_what_kills_when_it_is_stopped_comes_first_for_those_who_ask_whether_it_kills(starter, typed):
    first = {result.edition.slug for result in ranking.find(typed, "en").results[:2]}
    assert first == {"alcohol-withdrawal", "benzodiazepine-withdrawal"}


def test_a_named_substance_stays_first_for_those_who_ask_whether_it_kills(starter):
    assert ranking.find("can heroin withdrawal kill you", "en").results[0].edition.slug == "what-heroin-withdrawal-feels-like"


def test_luz_is_offered_the_english_guide_as_such_where_ours_is_missing(starter, ruth):
    spanish = Guide.objects.filter(language="es", slug="abstinencia-de-alcohol").get()
    publishing.archive(spanish, by=ruth, reason="outdated")
    shown = page("dejar el alcohol", "es")
    assert 'hreflang="en">Alcohol withdrawal</a> (Inglés)' in shown or 'hreflang="en">Alcohol withdrawal</a> (inglés)' in shown
    assert 'hreflang="en">What heroin withdrawal feels like' not in page("heroína", "es")
