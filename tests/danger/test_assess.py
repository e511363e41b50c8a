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
        ("I am not going to kill myself tonight", "suicide"),
        ("he is not well, pregnant too", "expecting"),
        ("no, está embarazada", "expecting"),
        ("my son died of an overdose and I want to die", "suicide"),
        ("I overdosed last year and I took too many pills tonight", "overdose"),
        ("she says shes not suicidal but she has a rope in the garage", "suicide"),
    ],
)
def test_in_doubt_it_is_danger(text, code):
    assert code in moving(text)


DENIED = [
    "I don't want to kill myself",
    "i am not going to hurt myself",
    "im not gonna hurt myself or anyone, looking for detox",
    "I won't hurt myself",
    "I would never kill myself",
    "She says she doesn't want to kill herself",
    "he is not going to harm himself",
    "I have no plans to end my life",
    "I dont have any thoughts of hurting myself",
    "no me quiero matar",
    "no quiero matarme",
    "no me voy a hacer daño",
    "nunca me mataría",
    "no pienso quitarme la vida, busco terapia",
    "ella no se va a hacer daño",
    "mi hijo no quiere matarse",
    "no me voy a suicidar",
    "no me quiero matar ni nada, solo quiero dejar de tomar, busco grupo",
    "no tengo planes de hacerme daño",
    "jamás me haría daño",
]


@pytest.mark.parametrize("text", DENIED)
def test_who_says_that_they_wont_hurt_themselves_is_shown_and_rings_nobody(text):
    assert assess(text).level == Level.MENTION
    assert "suicide" in heard(text)


OVER = [
    "years ago i tried to kill myself, im fine today",
    "I tried to kill myself 10 years ago and I'm good now",
    "me intenté matar en 2009",
    "I tried to kill myself in 2009",
    "when I was 16 I tried to kill myself, now I'm happy and sober",
    "I used to want to die, I got sober in 2012",
    "hace 15 años intenté matarme, hoy estoy bien",
    "mi hija se quiso matar hace 4 años, ahora está bien",
    "me cortaba de joven, ya no",
    "tuve una sobredosis hace 5 años, ahora estoy limpio",
    "my sister overdosed in 2018, she's doing well today",
    "mi papá convulsionó en el 2012, ya está sano",
    "his seizure was years ago, he's healthy now",
]


@pytest.mark.parametrize("text", OVER)
def test_what_is_over_and_well_today_is_shown_and_rings_nobody(text):
    assert assess(text).level == Level.MENTION


BEHIND_A_DENIAL = [
    "I won't hurt myself or anyone, I already took the bottle",
    "I'm not going to kill myself in a clinic",
    "she won't kill herself in treatment she waits for the weekend",
    "no me voy a matar, la bebida lo hará por mí",
    "no me quiero matar, ni el doctor ni la terapia sirven de nada",
    "I don't want to kill myself but I can't go on",
    "I don't want to kill myself, I just want to sleep and not wake up",
    "I don't want to kill myself, I just want it to stop",
    "I'm not going to kill myself yet",
    "I'm not going to hurt myself tonight",
    "I don't know if I want to kill myself",
    "I can't promise I won't hurt myself",
    "I can't stop thinking about killing myself",
    "I don't have the courage to kill myself",
    "nobody cares if I kill myself",
    "I'm scared. I don't want to kill myself",
    "I don't want to kill myself because of my kids",
    "I don't want to hurt myself anymore",
    "I don't want to kill myself. I have a rope.",
    "I won't kill myself if you call me back",
    "I don't want to kill myself, the voices do",
    "I will never kill myself while my mother lives",
    "I'm not going to kill myself, I'm going to let the drugs do it",
    "I don't want to hurt myself please hurry",
    "don't let me kill myself",
    "he says he isn't going to kill himself but I don't believe him",
    "I don't want to kill myself. But I can't promise it.",
    "no me quiero matar pero tengo las pastillas en la mano",
    "no quiero matarme solo quiero que pare",
    "no me voy a matar todavía",
    "no sé si me quiero matar",
    "no tengo el valor de matarme",
    "no me dejen matarme",
    "no me quiero matar por mis hijos",
    "ya no quiero hacerme daño",
    "no me quiero hacer daño otra vez",
    "no prometo no hacerme daño",
    "no me quiero matar. Quiero desaparecer.",
    "dice que no se quiere matar pero compró una pistola",
    "no quiero hacerme daño pero las voces me lo piden",
    "no me voy a hacer daño hasta que se vayan mis hijos",
    "tengo miedo, no me quiero matar",
    "no me mato por mis hijos",
]
BEHIND_THE_PAST = [
    "I tried to kill myself last year, im good now, its done, goodbye",
    "hace 10 años intenté matarme. Ya decidí la fecha.",
    "I tried to kill myself years ago and I'm going to try again",
    "I tried to kill myself years ago and I want to die",
    "I tried to kill myself last year and I still want to",
    "I tried to kill myself 5 years ago. The same thoughts are back.",
    "I overdosed 3 years ago and I want to kill myself",
    "I overdosed years ago and he just overdosed",
    "years ago i tried to hang myself, today im not fine",
    "I tried to kill myself years ago, im fine today but I have the pills here",
    "my brother overdosed 3 years ago and now he is not breathing",
    "hace años intenté matarme y lo voy a intentar otra vez",
    "hace 10 años intenté matarme y me quiero morir",
    "me intenté matar en 2009 y hoy quiero hacerlo de nuevo",
    "hace 15 años intenté matarme, hoy estoy bien mal",
    "hace 5 años intenté matarme. Lo voy a hacer otra vez.",
]


@pytest.mark.parametrize("text", BEHIND_A_DENIAL + BEHIND_THE_PAST)
def test_danger_behind_a_denial_or_a_past_still_alarms(text):
    assert assess(text).level == Level.ALARM


@pytest.mark.parametrize(
    "text",
    [
        "our band is called Blue Lips",
        "there is a song called Suicide Blonde",
        "the drill for an unconscious patient is on friday",
        "el simulacro de paciente inconsciente es el martes",
        "la banda se llama Labios Azules",
        "la protagonista se suicida al final",
        "my kid overdosed on halloween candy",
        "i nearly had a heart attack seeing your prices",
        "mi jefe me va a matar si llego tarde",
    ],
)
def test_a_title_a_drill_or_a_joke_rings_nobody(text):
    assert assess(text).level <= Level.MENTION


@pytest.mark.parametrize(
    "text",
    [
        "during the drill he collapsed and he's not breathing",
        "we watched the movie and he passed out and wont wake up",
        "en el simulacro se desmayó y no respira",
        "la película terminó y mi papá no despierta",
        "mi marido me va a matar si llego tarde",
        "mi jefe me va a matar, tiene una pistola",
    ],
)
def test_danger_at_a_drill_or_a_film_still_alarms(text):
    assert assess(text).level == Level.ALARM


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


# --- Violence that is some days or weeks ago: the home is as unsafe as it was ------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "me pegó la semana pasada",
        "Mi esposo me pegó la semana pasada",
        "me pegó la otra noche",
        "mi papá le pegó a mi mamá el domingo",
        "me golpeó el mes pasado",
        "me pegaron en la casa",
        "me ha pegado varias veces",
        "mi pareja me maltrataba hasta el mes pasado",
        "he hit me last week",
        "I was hit by my husband last week",
        "got beaten up by him on Sunday",
        "my partner was violent last week",
        "my husband has hit me before",
        "they beat me up last month",
    ],
)
def test_violence_of_last_week_is_heard_like_that_of_today(text):
    assert "violence" in moving(text)


@pytest.mark.parametrize(
    "text",
    [
        "me pegó la gripa la semana pasada",
        "me pegó la realidad cuando perdí el trabajo",
        "me pegó la tristeza la semana pasada",
        "la noticia me pegó duro",
        "it hit me last week that I need help",
        "covid hit me last week",
        "he beat me at chess last week",
        "I got hit by a car years ago",
    ],
)
def test_an_illness_or_a_thought_that_hits_is_no_violence(text):
    assert "violence" not in moving(text)


@pytest.mark.parametrize(
    "text",
    [
        "si no despierto mañana",
        "siento que no despierto mañana",
        "ojalá mañana no despierto",
        "I won't wake up tomorrow",
        "what if I don't wake up",
    ],
)
def test_somebody_who_may_not_wake_tomorrow_breathes_and_may_wish_it(text):
    assert "not_breathing" not in heard(text)
    assert heard(text).get("suicide", Level.NONE) >= Level.LOOK


@pytest.mark.parametrize(
    "text", ["no despierta", "no lo despierto", "mi hijo no está despierto", "he won't wake up", "I can't wake him up"]
)
def test_who_can_not_be_woken_now_is_still_heard(text):
    assert heard(text).get("not_breathing") == Level.ALARM


@pytest.mark.parametrize(
    "text", ["no despierto a tiempo para el grupo", "mañana no despierto temprano para la cita", "I won't wake up in time for work"]
)
def test_who_sleeps_too_long_raises_nothing(text):
    assert moving(text) <= {"unclear"}
