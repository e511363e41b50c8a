"""The model of dangerous advice: what it hears that no pattern has, and that its weights belong to its data."""

import csv
import json

import pytest

from articles.checks import Level
from articles.checks.text import advice, language_data
from articles.management.commands import train_advice
from tests.articles.checks.test_dangerous_advice import in_guide
from tests.articles.checks.texts import rules

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_were_trained_on_the_sentences_of_today(language):
    stored = json.loads((language_data.FOLDER / language / "advice.json").read_text(encoding="ascii"))
    assert stored["data"] == train_advice.data_hash(language), "run manage.py train_advice"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_small(language):
    assert (language_data.FOLDER / language / "advice.json").stat().st_size <= 60_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_listed_twice(language):
    with (language_data.FOLDER / language / "advice.tsv").open(encoding="utf-8", newline="") as file:
        sentences = [row["sentence"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert len(sentences) == len(set(sentences)) > 800


def test_an_editor_is_asked_about_advice_that_no_pattern_knows():
    findings = in_guide("Pour milk down their throat.", guide="overdose")
    assert rules(findings) == {"forbidden-advice"}
    assert findings[0].phrase == "Pour milk down their throat."


def test_a_question_is_no_advice():
    assert advice.score("can i give my friend one of my strips?", "en") == 0


def test_a_language_without_weights_is_not_judged():
    assert advice.level("drink as much as you like and never see a doctor", "fr") is None


def test_the_surest_advice_blocks_the_approval(monkeypatch):
    monkeypatch.setattr(advice, "score", lambda sentence, language: 0.99)
    assert advice.level("anything at all", "en") is Level.ERROR
