"""Sentences that are hard to tell apart: some must be found, similar harmless ones must not."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.articles.checks.texts import found, rules

TABLE = Path(__file__).parents[2] / "data" / "hard-sentences.tsv"
ROWS = defaultdict(list)
with TABLE.open(encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
        ROWS[row["check"], row["language"]].append((row["sentence"], set() if row["finds"] == "-" else set(row["finds"].split(","))))
SOURCES = [
    {"number": number, "title": "T", "publisher": "P", "year": 2024, "url": "https://example.org/", "read_on": "2026-01-31", "note": ""}
    for number in (1, 2)
]
# Both sources are cited after the sentence, so that only the sentence itself can be a finding.
AFTER = {"sources": " It is.[1][2]"}
WITH = {"sources": {"sources": SOURCES}}


@pytest.mark.django_db
@pytest.mark.parametrize(("check", "language"), ROWS)
def test_each_sentence_is_judged_correctly(check, language):
    wrong = {}
    for sentence, expected_rules in ROWS[check, language]:
        rules_found = rules(found(check, sentence + AFTER.get(check, ""), language=language, **WITH.get(check, {})))
        if rules_found != expected_rules:
            wrong[sentence] = rules_found
    assert wrong == {}


def test_there_are_many_harmful_and_harmless_sentences():
    expected = [expected_rules for rows in ROWS.values() for _sentence, expected_rules in rows]
    assert sum(bool(expected_rules) for expected_rules in expected) > 300
    assert sum(not expected_rules for expected_rules in expected) > 200
