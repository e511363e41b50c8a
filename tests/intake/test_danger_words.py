"""Words that may mean danger are noticed in English and Spanish, and everyday words are not."""

import pytest

from intake import danger_words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I think he OVERDOSED an hour ago", "overdose"),
        ("Creo que fue una sobredosis", "overdose"),
        ("she isn’t breathing right", "not_breathing"),
        ("He won't wake up", "not_breathing"),
        ("No respira bien y tiene los labios azules", "not_breathing"),
        ("some days I want to die", "suicide"),
        ("I have been suicidal", "suicide"),
        ("quiero quitarme la vida", "suicide"),
        ("last time I stopped I had a seizure", "seizure"),
        ("le dio una convulsión", "seizure"),
        ("I quit drinking yesterday and shake", "stopping"),
        ("going cold turkey off Xanax", "stopping"),
        ("stopped taking my valium on Sunday", "stopping"),
        ("dejé de tomar alcohol ayer", "stopping"),
        ("I am 20 weeks along", "pregnancy"),
        ("estoy embarazada", "pregnancy"),
        ("my kids see it every day", "child"),
        ("vivo con mi bebé", "child"),
        ("chest pain since this morning", "chest_pain"),
    ],
)
def test_danger_is_noticed(text, code):
    assert code in danger_words.found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I would like to know what treatment costs and when you are open.",
        "My sister drinks every evening. How do I talk with her?",
        "Me gustaría saber cuánto cuesta el tratamiento.",
        "I stopped going to meetings last year.",
        "I am a childhood friend of his.",
    ],
)
def test_everyday_words_are_not(text):
    assert danger_words.found_in(text) == []


def test_the_gravest_comes_first():
    assert danger_words.found_in("I am pregnant and he overdosed")[:2] == ["overdose", "pregnancy"]


def test_a_long_text_is_read_quickly():
    # Nothing a visitor can type may keep the server busy: the patterns have no nested repetition.
    assert danger_words.found_in("stop " * 1000 + "alcohol w" * 100) != ["x"]
