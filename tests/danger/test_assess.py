"""Levels, guards, spelling and what hostile text costs."""

import pytest

from danger.assess import Assessment, Hit, assess
from danger.levels import Level

pytestmark = pytest.mark.once


def heard(text):
    return {hit.code: hit.level for hit in assess(text).signs}


def moving(text):
    return set(assess(text).codes)


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("he overdosed an hour ago", "overdose", Level.ALARM),
        ("no respira", "not_breathing", Level.ALARM),
        ("my toddler swallowed a pill", "child", Level.ALARM),
        ("mi bebé se tragó una pastilla", "child", Level.ALARM),
        ("I just swallowed bleach", "poisoning", Level.ALARM),
        ("congestión alcohólica", "alcohol_poisoning", Level.ALARM),
        ("I drink a litre of vodka every day and I want to stop today", "stopping", Level.LOOK),
        ("12 beers a day, quitting tonight", "stopping", Level.LOOK),
        ("tomo todos los días y voy a parar hoy", "stopping", Level.LOOK),
        ("He drinks a bottle a day. He stopped yesterday.", "stopping", Level.LOOK),
        ("I got out of jail yesterday and I want to use", "release", Level.LOOK),
        ("tranq dope withdrawal", "supply", Level.LOOK),
        ("I'm pregnant and on heroin", "pregnancy", Level.LOOK),
        ("I have nowhere to sleep tonight", "homeless", Level.LOOK),
        ("I'm 15 and I drink", "minor", Level.LOOK),
    ],
)
def test_a_sign_has_its_level(text, code, level):
    assert heard(text).get(code) == level


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I overdosed two years ago", "past"),
        ("tuve una sobredosis en 2016", "past"),
        ("overdosed en 2016", "past"),  # one language's guard holds for the other's word
        ("my brother died of an overdose", "died"),
        ("mi hermano murió de sobredosis", "died"),
        ("we need a workshop about suicide", "talk"),
        ("what is an overdose?", "asking"),
        ("I have never had a seizure", "denied"),
        ("no estoy embarazada", "denied"),
        ("I nearly had a heart attack when I saw the bill", "talk"),
    ],
)
def test_what_is_over_denied_or_a_topic_is_a_mention_and_moves_nothing(text, reason):
    said = assess(text)
    assert said.level == Level.MENTION
    assert reason in {hit.reason for hit in said.signs}
    assert said.codes == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No, he overdosed", "overdose"),
        ("Danger? No.\nSuicidal since Monday", "suicide"),
        ("is it safe? no\nseizure at noon", "seizure"),
        ("I am not suicidal but he is suicidal", "suicide"),
        ("I am not going to kill myself", "suicide"),
        ("he is not well, pregnant too", "expecting"),
        ("no, está embarazada", "expecting"),
        ("my son died of an overdose and I want to die", "suicide"),
        ("I overdosed last year and I took too many pills tonight", "overdose"),
        ("she says shes not suicidal but she has a rope in the garage", "suicide"),
    ],
)
def test_in_doubt_it_is_danger(text, code):
    assert code in moving(text)


@pytest.mark.parametrize(
    "text",
    [
        "Mi esposo bebe todos los días",
        "mi hermana bebe mucho",
        "él bebe y fuma",
        "I'm pregnant? No, I quit vaping",
        "quiero saber el horario",
    ],
)
def test_who_drinks_is_no_baby(text):
    assert not {"child", "suicide", "seizure"} & set(heard(text))


@pytest.mark.parametrize("drug", ["vaping", "cigarettes", "cocaine", "weed"])
def test_with_tobacco_stimulants_and_cannabis_nobody_is_told_not_to_stop(drug):
    assert not {"pregnancy", "stopping"} & set(heard(f"I am pregnant and I want to quit {drug}"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("he won\N{MODIFIER LETTER APOSTROPHE}t wake up", "not_breathing"),
        ("he won\N{PRIME}t wake up", "not_breathing"),
        ("not breath\N{SOFT HYPHEN}ing", "not_breathing"),
        ("not\N{NO-BREAK SPACE}brea\N{ZERO WIDTH SPACE}thing", "not_breathing"),
        ("no.respira", "not_breathing"),
        ("s.u.i.c.i.d.e tonight", "suicide"),
        ("k i l l myself", "suicide"),
        ("heee took too maaaany pills", "overdose"),
        ("ovedose", "overdose"),
        ("combulsiona", "seizure"),
        ("inconsiente", "not_breathing"),
        ("overdossed", "overdose"),
        ("she OD'd", "overdose"),
    ],
)
def test_spelling_hides_nothing(text, code):
    assert code in moving(text)


@pytest.mark.parametrize("text", ["this fits me", "quiero saber cuánto cuesta", "a lovely method", "my coat", ""])
def test_ordinary_words_are_no_misspelt_danger(text):
    assert assess(text) == Assessment([])


def test_the_words_are_shown_and_nothing_else():
    said = assess("Hello. I drink a litre of vodka every day and I want to stop today. Thanks")
    assert [hit.words for hit in said.signs if hit.code == "stopping"] == ["drink … every day … stop"]


def test_a_second_look_only_ever_raises():
    first, second = assess("tranq dope withdrawal"), Assessment([Hit("supply", Level.MENTION, "x"), Hit("suicide", Level.ALARM, "y")])
    assert (first | second).level == Level.ALARM
    assert {hit.code: hit.level for hit in (first | second).signs}["supply"] == Level.LOOK
    assert (first | Assessment([])) == first


@pytest.mark.parametrize(
    "word", ["stop", "no", "took", "tembl", "not", "my", "se quiero", "drink withdr", "want", "a,", "!?", "s.", "\N{SOFT HYPHEN}", "0"]
)
def test_a_hostile_text_is_read_like_any_other(word):
    assert isinstance(assess((word + " ") * (6000 // (len(word) + 1))), Assessment)
    assert isinstance(assess(word * (6000 // len(word))), Assessment)


@pytest.mark.parametrize("text", ["\ud800", "\u202e drowned", "𝔫𝔬 𝔯𝔢𝔰𝔭𝔦𝔯𝔞", "١٢٣", "ﬁ ß İ", "\0"])
def test_any_letters_are_read(text):
    assert isinstance(assess(text), Assessment)
