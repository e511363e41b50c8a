"""The collection of sentences is the specification: what is heard of each kind, in both languages, alone and inside a longer message."""

import pytest

from danger.assess import assess
from danger.corpus import collection, figures
from danger.levels import Level
from danger.signs import SIGNS

pytestmark = pytest.mark.once

LANGUAGES = ["en", "es"]
KINDS = sorted({line.kind for line in collection.sentences() if line.is_danger})
INDEPENDENT = (collection.DANGER, collection.INSIDE, collection.ORDINARY)
# Lines that an earlier list of this project or a reviewer held us to: every one must be heard.
HELD = ("project", "seen")


def lines(language, *kinds, apart=False):
    listed = collection.kept_apart() if apart else collection.sentences()
    return [line for line in listed if line.language == language and line.kind in kinds]


def missed(listed):
    return [line.text for line in listed if assess(line.text, line.language).level < Level.LOOK]


def raised(listed, level=Level.LOOK):
    return [line.text for line in listed if assess(line.text, line.language).level >= level]


def test_every_kind_is_a_sign_and_every_sign_that_words_speak_of_has_sentences():
    assert set(KINDS) == set(SIGNS) - {"danger_now", "unclear"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_every_sentence_of_a_kind_is_heard(language, kind):
    listed = lines(language, kind)
    assert len(missed(listed)) <= len(listed) * 0.1, missed(listed)


def test_what_reviewers_and_earlier_lists_held_us_to_is_heard():
    listed = [line for line in collection.sentences() if line.is_danger and line.origin in HELD]
    assert len(listed) > 150
    assert missed(listed) == []


@pytest.mark.parametrize("kind", ["not_breathing", "overdose", "suicide"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_kills_in_minutes_is_an_alarm(language, kind):
    listed = lines(language, kind)
    assert len(raised(listed, Level.ALARM)) >= len(listed) * 0.85


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyday_inquiries_raise_nothing(language):
    listed = lines(language, collection.ORDINARY)
    assert len(listed) > 400
    assert len(raised(listed)) <= len(listed) * 0.01, raised(listed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_looks_like_danger_seldom_alarms(language):
    listed = lines(language, collection.HARD)
    assert len(raised(listed, Level.ALARM)) <= len(listed) * 0.05, raised(listed, Level.ALARM)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_used_for_tuning_but_not_trained_on_are_heard_too(language):
    danger = lines(language, *KINDS, apart=True)
    assert len(raised(danger)) >= len(danger) * 0.6
    ordinary = lines(language, collection.ORDINARY, apart=True)
    assert len(raised(ordinary)) <= len(ordinary) * 0.04
    assert raised(ordinary, Level.ALARM) == []
    before, after = figures.AROUND[language]
    inside = [line for line in danger if assess(before + line.text.rstrip(".!?") + after, language).level >= Level.LOOK]
    assert len(raised(danger)) - len(inside) <= len(danger) * 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_somebody_who_did_not_know_the_rules_are_heard(language):
    """The floors of a list that was written without the rules at hand. As measured on 2026-11-29: 95 of 100, and 0 of 100 ordinary."""
    first = collection.independent(collection.LISTS[0])
    listed = {kind: [line for line in first if (line.language, line.kind) == (language, kind)] for kind in INDEPENDENT}
    danger, inside, ordinary = listed[collection.DANGER], listed[collection.INSIDE], listed[collection.ORDINARY]
    assert (len(danger), len(inside), len(ordinary)) == (50, 50, 50)
    assert len(raised(danger)) >= 50 * 0.8, missed(danger)
    assert len(raised(ordinary)) <= 50 * 0.1
    assert len(raised(ordinary, Level.ALARM)) <= 50 * 0.02
    assert len(raised(danger)) - len(raised(inside)) <= 50 * 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_a_second_stranger_are_heard(language):
    """As measured once, with the rules committed before the list was opened: 89 of 100 (en 49, es 40), 2 of 100 ordinary, 2 of 40 hard."""
    second = [line for line in collection.independent(collection.LISTS[1]) if line.language == language]
    kinds = (collection.DANGER, collection.ORDINARY, collection.HARD)
    danger, ordinary, hard = ([line for line in second if line.kind == kind] for kind in kinds)
    assert (len(danger), len(ordinary), len(hard)) == (50, 50, 20)
    assert len(raised(danger)) >= 50 * 0.8, missed(danger)
    assert len(raised(ordinary)) <= 50 * 0.04
    assert raised(ordinary, Level.ALARM) == []
    assert len(raised(hard, Level.ALARM)) <= 20 * 0.1
    before, after = figures.AROUND[language]
    inside = [line for line in danger if assess(before + line.text.rstrip(".!?") + after, language).level >= Level.LOOK]
    assert abs(len(raised(danger)) - len(inside)) <= 50 * 0.05


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_inside_a_longer_message_is_heard_as_alone(language):
    before, after = figures.AROUND[language]
    listed = lines(language, *KINDS)
    inside = [line for line in listed if assess(before + line.text.rstrip(".!?") + after, language).level >= Level.LOOK]
    assert abs(len(inside) - len(raised(listed))) <= len(listed) * 0.02
