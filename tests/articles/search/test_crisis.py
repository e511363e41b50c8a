"""People in danger see the emergency number first, whatever words they use."""

import pytest
from lxml import html

from articles.search import ranking, synonyms
from articles.workflow import starter_library

pytestmark = pytest.mark.django_db

DEATH_IS_NEAR = {
    "/search/": [
        *("od", "he od", "od'ing", "o.d.", "ODed", "oding", "he od'd", "overdosse", "ovedose", "over dose", "what is an overdose"),
        *("cant wake him up", "can't wake him up", "can’t wake my son up", "she won't wake", "he will not wake up", "lips are purple"),
        *(
            "slow breathing",
            "not breathin",
            "hes not breathing",
            "he isn't breathing",
            "he had a seizure",
            "he's having a siezure",
            "siezures",
        ),
        *("i took to much", "took way too many pills", "chest pains", "she passes out", "unconcious", "sobredosis", "no respira"),
        *("no está respirando", "sobredocis"),
    ],
    "/es/search/": [
        *("no está respirando", "no responde", "no reacciona", "labios morados", "tiene los labios muy morados", "se está muriendo"),
        *("convulsión", "le dio una convulsión", "sobre dosis", "sobredocis", "pasón", "no lo puedo despertar", "tomé demasiado"),
        *("overdose", "od", "not breathing", "overdosse"),
    ],
}
LIFE_IS_TOO_MUCH = {
    "/search/": [
        "kms",
        "killmyself",
        "suicde",
        "suiside",
        "suisyde",
        "I want to die",
        "i dont wanna live",
        "crisis",
        "quiero morir",
        "matarme",
    ],
    "/es/search/": ["quiero morirme", "suisidio", "me quiero matar", "crisis", "matarme", "i want to die", "suicide"],
}
EVERYDAY = {
    "/search/": [
        *("good morning", "method", "code", "odd", "ode", "how long does withdrawal last", "mate", "mat", "more", "outside", "decide"),
        *(
            "opioid overuse",
            "no response from a center",
            "i wake up at night",
            "breathing exercises",
            "took too long",
            "blue",
            "leisure",
            "confusion",
            "modern",
            "life",
        ),
        *("heroin withdrawal", "my husband drinks too much", "i cant sleep", "people", "what helps with cravings", "suite", "sudden"),
    ],
    "/es/search/": [
        *("buenos días", "método", "código", "odio", "cuánto dura la abstinencia", "mate", "mata", "12 pasos", "dosis de metadona"),
        *("mi hijo se droga", "no puedo dormir", "moda", "morado", "confusión", "dejar de golpe", "seguro medico"),
    ],
}


@pytest.fixture
def library():
    starter_library.load(starter_library.read_all())
    synonyms.load()


def first_number(client, path, typed):
    """Return the first number shown above the results, or None."""
    links = html.fromstring(client.get(path, {"q": typed}).content).cssselect("main .callout-emergency a")
    return links[0].get("href") if links else None


def test_danger_is_recognised_in_any_words_and_everyday_words_raise_no_alarm(client, library):
    wrong = {
        (path, typed): number
        for expected, questions in (("tel:911", DEATH_IS_NEAR), ("tel:988", LIFE_IS_TOO_MUCH), (None, EVERYDAY))
        for path, lines in questions.items()
        for typed in lines
        if (number := first_number(client, path, typed)) != expected
    }
    assert wrong == {}


def test_words_of_danger_are_not_corrected_to_other_words(library):
    corrected = {
        typed: ranking.find(typed, language).question.corrected
        for language, lines in {
            "en": ["ODed", "oding", "he beats me", "shes not breathing", "theyre not breathing", "crisis", "quiero morir"],
            "es": ["crisis", "od"],
        }.items()
        for typed in lines
    }
    assert corrected == dict.fromkeys(corrected, "")


def test_guides_are_found_in_danger_too(library):
    for typed in ("o.d.", "oded", "kms", "killmyself", "hes not breathing", "sobredosis", "i took to much", "crisis"):
        assert ranking.find(typed, "en").count, typed
    for typed in ("overdose", "od", "crisis", "no responde"):
        assert ranking.find(typed, "es").count, typed
    # Partial matches are only better than no result at all.
    assert ranking.find("kayak seizure", "en").count
    assert ranking.find("he won't wake up", "en").count < 7
