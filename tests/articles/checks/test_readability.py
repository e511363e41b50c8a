"""Reading grades match the published formulas.

The passages are in the public domain. Their words, sentences and syllables were counted by hand (the syllables as spoken
slowly), and the expected value is the formula worked out from these counts. The dictionary says some words otherwise
(“our” in two syllables), so a grade may differ by half a grade and Spanish points by two.
"""

import pytest

from articles.checks.text import readability, sentences, syllables

pytestmark = pytest.mark.once

LINCOLN = (
    "Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and dedicated "
    "to the proposition that all men are created equal."
)
GENESIS = (
    "In the beginning God created the heaven and the earth. And the earth was without form, and void; and darkness was upon the "
    "face of the deep. And the Spirit of God moved upon the face of the waters. And God said, Let there be light: and there was light."
)
LAMB = "Mary had a little lamb. Its fleece was white as snow. And everywhere that Mary went, the lamb was sure to go."
CERVANTES = (
    "En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo que vivía un hidalgo de los de lanza en "
    "astillero, adarga antigua, rocín flaco y galgo corredor."
)


def grade(sentences_counted: int, words: int, syllables_counted: int) -> float:
    return 0.39 * words / sentences_counted + 11.8 * syllables_counted / words - 15.59


@pytest.mark.parametrize(
    ("text", "by_hand"),
    [
        pytest.param(LINCOLN, (1, 30, 48), id="Lincoln, Gettysburg 1863"),
        pytest.param(GENESIS, (4, 50, 61), id="Genesis 1, King James Version"),
        pytest.param(LAMB, (3, 22, 27), id="Sarah Josepha Hale, 1830"),
    ],
)
def test_english_grades_match_counts_by_hand(text, by_hand):
    counts = readability.count([text], syllables.english)
    assert (counts.sentences, counts.words) == by_hand[:2]
    assert readability.english([text]) == pytest.approx(grade(*by_hand), abs=0.5)


def test_spanish_points_match_counts_by_hand():
    inflesz, huerta = readability.spanish([CERVANTES])  # 1 sentence, 33 words, 60 syllables
    assert huerta == pytest.approx(206.84 - 60 * 60 / 33 - 1.02 * 33, abs=2)
    assert inflesz == pytest.approx(206.835 - 62.3 * 60 / 33 - 33, abs=2)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("water", 2), ("withdrawal", 3), ("breathe", 1), ("seizure", 2), ("911", 1), ("don’t", 1), ("day-to-day", 3),
        ("person’s", 2), ("Buprenorphine", 4),
    ],
)  # fmt: skip
def test_syllables_of_english_words(word, number):
    assert syllables.english(word) == number


@pytest.mark.parametrize(
    ("word", "number"), [("blorped", 1), ("frobbles", 2), ("snorted", 2), ("grake", 1), ("zapple", 2), ("wuzzes", 2), ("nitazene", 3)]
)
def test_words_missing_from_the_dictionary_follow_rules(word, number):
    assert syllables.english(word) == number


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("agua", 2), ("día", 2), ("leer", 2), ("ciudad", 2), ("abstinencia", 4), ("quiere", 2), ("guía", 2), ("vergüenza", 3),
        ("cuyo", 2), ("muy", 1), ("ahora", 3), ("sobredosis", 4), ("país", 2), ("aéreo", 4), ("y", 1), ("988", 1),
    ],
)  # fmt: skip
def test_syllables_of_spanish_words(word, number):
    assert syllables.spanish(word) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ask Dr. Lee at 9 a.m. tomorrow. He will know.", 2),
        ("Signs begin in 8 hours.[1] They pass.[2][3] Rest.", 3),
        ("In the U.S. call 911. “Help!” he said.", 2),
        ("¿Está mal? Llame ya. Es gratis.", 3),
        ("Version 2.5 is out.", 1),
        ("It costs $3.50. Ask.", 2),
    ],
)
def test_text_is_split_into_sentences(text, number):
    assert len(sentences.split(text)) == number


def test_names_of_drugs_do_not_make_a_text_hard():
    assert readability.english(["You can take buprenorphine or methadone."]) < readability.english(
        ["You can take buprenorphine or methadone."], leave_out=frozenset()
    )
