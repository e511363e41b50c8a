"""The second look raises, never lowers, and never stands in the way."""

import json
import sys

import pytest

from danger import embedding, stage_two
from danger.assess import assess, open_words
from danger.corpus import training
from danger.levels import Level
from danger.text import sentences

TEXT = "Good evening, I found your page. The winter is long at my house."


def child(code):
    return (sys.executable, "-c", code)


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(stage_two, "is_installed", lambda: True)


def answers(monkeypatch, scores):
    monkeypatch.setattr(stage_two, "COMMAND", child(f"import sys; sys.stdin.read(); print({json.dumps(json.dumps(scores))})"))


def test_a_sentence_that_only_the_second_look_hears_is_raised(installed, monkeypatch):
    assert assess(TEXT).level == Level.NONE
    answers(monkeypatch, [0.1, 0.9999])
    heard = stage_two.raised(TEXT, Level.NONE)
    assert heard.level == Level.ALARM
    assert [(hit.code, hit.words, hit.reason) for hit in heard.signs] == [("unclear", "the winter is long at my house", "sounds_like")]


def test_it_raises_nothing_that_was_raised_before(installed, monkeypatch):
    answers(monkeypatch, [0.1, 0.9999])
    assert stage_two.raised(TEXT, Level.ALARM) is None
    answers(monkeypatch, [0.0, 0.0])
    assert stage_two.assess_again("he overdosed an hour ago") == assess("he overdosed an hour ago")


@pytest.mark.parametrize("code", ["import sys; sys.exit(3)", "print('no numbers')", "import os; os.abort()", "import time; time.sleep(60)"])
def test_a_fault_of_the_child_leaves_the_first_look(installed, monkeypatch, code):
    monkeypatch.setattr(stage_two, "COMMAND", child(code))
    monkeypatch.setattr(stage_two, "LONGEST_WAIT", 1.0)
    assert stage_two.assess_again(TEXT) == assess(TEXT)


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ("I don't want to kill myself", []),
        ("years ago i tried to kill myself, im fine today", []),
        ("my wife says she doesn't want to hurt herself, where is your office on the hill, I need a detox", ["where is your office"]),
        ("I don't want to kill myself, the voices do", ["i dont want to kill myself the voices do"]),
        ("the winter is long", ["the winter is long"]),
    ],
)
def test_the_second_look_judges_nothing_that_is_denied_or_over(text, judged):
    sentences = [" ".join(words) for words in open_words(text)]
    assert len(sentences) == len(judged)
    assert all(sentence.startswith(start) for sentence, start in zip(sentences, judged, strict=True))


def test_without_the_package_a_check_says_so_and_all_works(monkeypatch):
    monkeypatch.setattr(stage_two, "is_installed", lambda: False)
    assert [message.id for message in stage_two.second_look_is_installed()] == ["danger.I001"]
    assert stage_two.assess_again(TEXT) == assess(TEXT)


def test_with_the_package_the_check_is_silent(installed):
    assert stage_two.second_look_is_installed() == []


def test_the_child_scores_each_sentence_by_the_head(monkeypatch):
    class Rows(list):
        def tolist(self):
            return list(self)

    monkeypatch.setattr(embedding, "vectors", lambda texts: Rows([[1.0, 0.0] for _text in texts]))
    assert embedding.scores(["a", "b"], {"bias": 0.0, "weights": [0.0, 5.0]}) == [0.5, 0.5]
    assert embedding.scores([], {}) == []


def test_the_head_fits_the_package():
    head = json.loads(embedding.HEAD.read_text(encoding="ascii"))
    assert head["data"] == training.data_hash(), "run manage.py train_danger --stage-two"
    assert len(head["weights"]) == 384
    assert 0.5 < head["look"] <= head["alarm"] < 1
    assert len(sentences(TEXT)) == 2
