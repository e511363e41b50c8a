"""Words that may mean danger are noticed in English and Spanish, as people write them, and everyday words are not."""

import pytest

from intake.assessment import danger

pytestmark = pytest.mark.once

# One sentence a line: with and without accents and apostrophes, misspelt, in capitals.
NOTICED = {
    "overdose": """
        I think he OVERDOSED an hour ago
        she OD'd
        she oded last night
        I think hes overdosing
        over dosed on something
        overdoze
        he took too much
        took way too much fentanyl
        took a whole bottle of pills
        swallowed all her pills
        i took 30 xanax
        we gave him narcan
        Creo que fue una sobredosis
        sobredocis
        se pasó de dosis
        se tomó muchas pastillas
        se tomo todas las pastillas
        tomó todo el frasco de pastillas
        se metio demasiada heroina
        le dimos naloxona
    """,
    "not_breathing": """
        he turned blue
        shes turning blue
        he is blue
        her lips are blue
        lips turned blue
        she isn’t breathing right
        isnt breathing
        he stopped breathing
        breathing really slow
        he cant breathe
        NOT BREATHING
        He won't wake up
        she wont wake up
        i cant wake him
        can't wake her up
        not waking up
        unconcious
        passed out on the floor
        he nodded out and wont respond
        making a gurgling sound
        foaming at the mouth
        no pulse
        No respira bien y tiene los labios azules
        NO RESPIRA
        no esta respirando
        casi no respira
        respira muy lento
        dejó de respirar
        se puso azul
        se puso morado
        labios morados
        no se despierta
        no puedo despertarlo
        no reacciona
        perdio el conocimiento
        inconsiente
        se desmayó
    """,
    "suicide": """
        some days I want to die
        i wanna die
        I have been suicidal
        sucidal
        suicdal
        i want to kill myself
        thinking of killing my self
        he says he will kill himself
        I wish I was dead
        I dont want to live anymore
        don't want to be here anymore
        no reason to live
        I want to end it all
        ending my life
        everyone is better off without me
        cutting myself again
        quiero quitarme la vida
        quiero matarme
        me quiero matar
        me quiero morir
        ME QUIERO MORIR
        quisiera morir
        ya no quiero vivir
        no quiero seguir viviendo
        dice que se va a matar
        acabar con mi vida
        suisidio
        pienso en hacerme daño
        estaría mejor muerta
    """,
    "seizure": """
        last time I stopped I had a seizure
        siezure
        he is convulsing
        having a fit
        had the DT's once
        hallucinating
        halucinating
        seeing things that arent there
        hearing voices
        le dio una convulsión
        esta convulsionando
        ataque epiléptico
        está alucinando
        oye voces
    """,
    "chest_pain": """
        chest pain since this morning
        my chest hurts
        heart attack
        me duele el pecho
        dolor de pecho
        infarto
    """,
    "stopping": """
        I quit drinking yesterday and shake
        she's shaking and hasn't had a drink since yesterday
        havent had a drink in 2 days
        no alcohol for 3 days
        my last drink was yesterday and I'm sweating
        going cold turkey off Xanax
        stopped taking my valium on Sunday
        ran out of klonopin 2 days ago
        he is off his ativan
        alchohol withdrawl
        detoxing from benzos at home
        I have the shakes
        sober 2 days and shaking
        dejé de tomar alcohol ayer
        deje de beber hace dos dias
        se le acabó el rivotril
        me quedé sin clonazepam, se me acabó el clonazepam
        no ha tomado desde ayer y tiembla
        le tiemblan las manos
        2 días sin beber
        sindrome de abstinencia
    """,
    "pregnancy": """
        I am 20 weeks along
        im pregnant
        pregnent and scared
        pregant
        having a baby in May
        missed my period
        estoy embarazada
        embarasada
        estoy en cinta
        espero un bebé
    """,
    "child": """
        my kids see it every day
        my 3 year old swallowed a pill
        my son is 12
        she is only 15
        I'm 15
        my teenage son
        there are children at home
        vivo con mi bebé
        los niños están en la casa
        mi hija de 13 años
        tengo 16 años
        es menor de edad
    """,
}
EVERYDAY = """
    I would like to know what treatment costs and when you are open.
    My sister drinks every evening. How do I talk with her?
    She drank too much at the party.
    I stopped going to meetings last year.
    She stopped by for a drink.
    I quit my job.
    I am a childhood friend of his.
    My son is 32.
    I am 2 years sober.
    I feel blue.
    We moved to a blue house.
    He passed out flyers.
    He doesn't respond to my calls.
    He took too much of my money.
    My life collapsed.
    I had a minor accident.
    I need to withdraw money.
    I want to live.
    She has fits of anger.
    I don't want to die.
    It took 10 minutes.
    Me gustaría saber cuánto cuesta el tratamiento.
    Beber me hace daño.
    Me muero de sueño.
    Vivo a 10 kms de ustedes.
    Tengo 5 años sobrio.
    Una adicción de 10 años.
    Dejé el trabajo.
    No responde mis mensajes.
    Qué suciedad.
    No quiero morir.
    Le dan ataques de ira.
    Tengo una pregunta.
"""
# Said plainly not to be so: a false alarm would call somebody at night for nothing.
DENIED = """
    I am not suicidal.
    No thoughts of suicide.
    I have never had a seizure.
    No seizures.
    She is not pregnant.
    He never overdosed.
    We have no kids.
    No estoy embarazada.
    Sin convulsiones.
    No tengo hijos.
"""
# A "no" that denies nothing, or not this.
NOT_DENIED = [
    ("No, he overdosed", "overdose"),
    ("Danger? No.\nSuicidal since Monday", "suicide"),
    ("is it safe? no\nseizure at noon", "seizure"),
    ("I am not suicidal but he is suicidal", "suicide"),
    ("I am not going to kill myself", "suicide"),
    ("he is not well, pregnant too", "pregnancy"),
    ("no, está embarazada", "pregnancy"),
]


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in NOTICED.items() for text in lines(texts)])
def test_danger_is_noticed(text, code):
    assert code in danger.found_in(text)
    assert code in danger.found_in(f"Hello,\n\n{text.upper()}.\nPlease help")


@pytest.mark.parametrize("text", ["", *lines(EVERYDAY)])
def test_everyday_words_are_not(text):
    assert danger.found_in(text) == []


@pytest.mark.parametrize("text", lines(DENIED))
def test_what_is_denied_plainly_is_not(text):
    assert danger.found_in(text) == []


@pytest.mark.parametrize(("text", "code"), NOT_DENIED)
def test_in_doubt_it_is_danger(text, code):
    assert code in danger.found_in(text)


def test_the_gravest_comes_first():
    assert danger.found_in("I am pregnant and he overdosed")[:2] == ["overdose", "pregnancy"]


@pytest.mark.parametrize("word", ["stop", "no", "took", "tembl", "not", "my", "se quiero", "drink withdr", "want"])
def test_a_long_text_is_read_in_steps_that_grow_with_its_length(word):
    # Nothing a visitor can type may keep the server busy: every repetition in the patterns is short and bounded.
    text = (word + " ") * (6000 // (len(word) + 1))
    assert isinstance(danger.found_in(text), list)


def test_no_pattern_repeats_without_a_bound():
    for pattern in danger._PATTERNS.values():
        assert ".*" not in pattern.pattern
        assert ")*" not in pattern.pattern
        assert ")+" not in pattern.pattern
