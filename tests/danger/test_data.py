"""The data files agree with each other: rules, signs, weights, and what browsers read."""

import gzip
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from danger import concepts, explain, grammar, linear, signs
from danger.assess import Hit, assess
from danger.corpus import collection, figures, nearest, training
from danger.guards import GUARDS
from danger.levels import Level
from intake.cases import labels

pytestmark = pytest.mark.once


def test_every_rule_is_about_a_sign_and_made_of_concepts():
    for code, data in grammar.compiled().items():
        assert set(data["signs"]) <= set(signs.heard())
        known = set(data["concepts"])
        for rule in grammar.grammars()[code].rules:
            named = {name for names, _order in rule.slots for name in names} | set(rule.unless)
            assert named <= known, (code, rule.code, named - known)


def test_every_guard_is_there_in_every_language():
    for data in grammar.compiled().values():
        assert set(GUARDS) <= set(data["concepts"])


def test_every_sign_has_words_for_staff_and_visitors_and_a_number():
    for code in signs.SIGNS:
        line = signs.lines([code])[0]
        assert str(line["text"])
        assert line["calls"]
        assert labels.reason(code)


@pytest.mark.parametrize("code", [*signs.SIGNS, *labels.REASONS, *labels.SIGNS_OF_0_1_0])
def test_every_reason_has_words_in_both_languages(code):
    with override("en"):
        english = labels.reason(code)
    with override("es"):
        assert labels.reason(code) != english


def test_a_code_that_another_version_stored_is_named_and_takes_no_list_down():
    assert labels.reason("bleeding") == "other sign: bleeding"
    with override("es"):
        assert labels.reason("bleeding") == "otra señal: bleeding"


def test_visitors_are_told_nothing_about_a_sign_that_has_no_words():
    with pytest.raises(signs.UnknownSign, match="bleeding"):
        signs.lines(["bleeding"])


def test_what_browsers_read_is_up_to_date():
    assert grammar.FOR_BROWSERS.read_text(encoding="utf-8") == grammar.for_browsers() + "\n", "run manage.py train_danger --build-only"


def test_the_weights_were_trained_on_the_collection_as_it_is():
    content = json.loads(linear.WEIGHTS.read_text(encoding="ascii"))
    assert content["data"] == training.data_hash(), "run manage.py train_danger"
    assert len(json.dumps(content)) < 40_000
    assert len(gzip.compress(linear.WEIGHTS.read_bytes())) < 12_000


def test_nothing_kept_apart_is_trained_on():
    apart = collection.kept_apart() + collection.independent()
    assert not {line.text.casefold() for line in apart} & {line.text.casefold() for line in collection.sentences()}


@pytest.mark.parametrize("language", grammar.languages())
def test_the_common_words_are_in_no_rules_way(language):
    known = grammar.grammars()[language]
    assert not known.ordinary & known.words


def test_a_rule_says_what_it_says():
    rule = concepts.parse_rule("x", "look", "A|B > C /5 !D & ?", guarded=False)
    assert rule.slots == ((("A", "B"), ""), (("C",), ">"))
    assert (rule.window, rule.unless, rule.guarded, rule.over_two, rule.in_grief) == (5, ("D",), True, True, False)


def test_the_command_says_what_is_heard(tmp_path):
    path = tmp_path / "messages.txt"
    path.write_text("I drink a litre of vodka every day and I want to stop today\n\nme quiero morir\nHow much is it?\n", encoding="utf-8")
    out = io.StringIO()
    call_command("assess_danger", str(path), format="json", stdout=out)
    said = json.loads(out.getvalue())
    assert [(line["language"], line["level"], line["priority"]) for line in said] == [
        ("en", "look", "urgent"),
        ("es", "alarm", "danger"),
        ("en", "none", "normal"),
    ]
    assert said[0]["signs"] == ["stopping"]
    assert said[0]["reasons"] == [{"sign": "stopping", "level": "look", "words": "drink … every day … stop", "reason": ""}]
    with pytest.raises(CommandError, match="nowhere"):
        call_command("assess_danger", str(tmp_path / "nowhere"))


def test_the_language_may_be_given(tmp_path):
    path = tmp_path / "messages.txt"
    path.write_text("overdose\n", encoding="utf-8")
    out = io.StringIO()
    call_command("assess_danger", str(path), format="json", language="es", stdout=out)
    assert json.loads(out.getvalue())[0]["language"] == "es"
    assert assess("overdose", "es").codes == assess("overdose").codes


def test_the_figures_that_staff_read_are_measured_with_this_vocabulary():
    assert figures.stored() == figures.measured(), "run manage.py train_danger --build-only"


def test_a_guess_names_the_labelled_sentence_that_it_is_most_like():
    like = nearest.nearest("they would all sleep easier if i was gone tonight")
    assert like is not None
    assert like.kind == "suicide"
    assert "sounds like suicide or self-harm: “" in explain.in_words(
        Hit("unclear", Level.LOOK, "everyone is better when im gone", "sounds_like")
    )
    assert nearest.nearest("zzz qqq") is None
    assert explain.in_words(Hit("unclear", Level.LOOK, "zzz qqq", "sounds_like")) == "“zzz qqq”: sounds like danger (sounds like it)"


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("says_overdose", "overdose"),
        ("says_chest_pain", "chest pain, a stroke or overheating"),
        ("says_pregnancy", "pregnant"),
        ("says_child", "wrote of a child"),
    ],
)
def test_the_reasons_that_version_0_1_0_stored_keep_their_words(code, label):
    assert labels.reason(code) == label


def test_every_reason_that_version_0_1_0_stored_has_words():
    assert all(labels.reason(code) for code in labels.SIGNS_OF_0_1_0)


def test_a_new_list_is_measured_alone_and_inside_a_message(tmp_path):
    file = tmp_path / "list.json"
    file.write_text(
        json.dumps(
            [
                {"text": "he overdosed an hour ago", "language": "en", "kind": "danger"},
                {"text": "¿a qué hora abren?", "language": "es", "kind": "ordinary"},
            ]
        )
    )
    out = io.StringIO()
    call_command("measure_danger", str(file), stdout=out)
    assert out.getvalue().splitlines() == [
        "en danger: 1 of 1 raised, 1 alarms",
        "en danger inside a message: 1 of 1 raised, 1 alarms",
        "es ordinary: 0 of 1 raised, 0 alarms",
        "es ordinary inside a message: 0 of 1 raised, 0 alarms",
    ]
    with pytest.raises(CommandError, match="no list"):
        call_command("measure_danger", str(tmp_path / "none.json"))


def test_phrases_that_differ_in_one_word_are_stored_as_one_and_heard_as_two():
    merged = grammar._merged(["cant wake", "wont wake", "out"])
    assert merged == ["cant|wont wake", "out"]
    known = concepts.Grammar({"concepts": {"X": ",".join(merged)}, "signs": {}}, (), str)
    assert [known.find(words, {}) for words in (("cant", "wake"), ("wont", "wake"), ("may", "wake"))] == [
        {"X": [(0, 2)]},
        {"X": [(0, 2)]},
        {},
    ]
