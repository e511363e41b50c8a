"""Dangerous advice is found in whole guides, and what only sounds like it passes."""

from pathlib import Path

import pytest

from articles import checks
from articles.checks.text import safety_data
from tests.articles.checks.texts import found, rules, snapshot

FOLDER = Path(__file__).parents[2] / "data" / "checks" / "dangerous"

pytestmark = pytest.mark.django_db


def in_guide(sentence, guide="heroin", language="en", place="", check=safety_data.NAME):
    body, fields = safety_data.with_words(language, guide, place, sentence)
    return found(check, body, language=language, **fields)


@pytest.mark.parametrize(("name", "language"), [("quit-drinking-tonight", "en"), ("deje-la-heroina-en-casa", "es")])
def test_a_wholly_dangerous_guide_is_stopped_by_many_errors(name, language):
    title, body = (FOLDER / f"{name}.md").read_text(encoding="utf-8").removeprefix("# ").split("\n", 1)
    errors = [finding for finding in found(safety_data.NAME, body, title=title, language=language) if finding.level is checks.Level.ERROR]
    assert len(errors) >= 5
    assert len(rules(errors)) >= 5


@pytest.mark.parametrize(
    "sentence",
    [
        "Don't keep naloxone in a hot car.",
        "Never believe that withdrawal is not dangerous.",
        "Don't let anyone tell you that withdrawal can't kill.",
    ],
)
def test_a_negation_directly_before_the_claim_takes_it_back(sentence):
    assert in_guide(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It is not hard and our program cures addiction.",
        "It is never dangerous and it cures 90 %.",
        "We never sleep, because our program cures addiction.",
        "Not far from here, our program cures addiction.",
    ],
)
def test_a_negation_in_another_clause_takes_nothing_back(sentence):
    assert "cure" in rules(found("overclaims", sentence))


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("Never:\n\n- put them in a cold shower\n- let them sleep it off", set()),
        ("What helps:\n\n- put them in a cold shower", {"overdose-steps"}),
    ],
)
def test_a_list_of_what_not_to_do_passes(text, finds):
    assert rules(in_guide(text, guide="overdose")) == finds


def phase(start, end, title, text):
    return {"order": 0, "from_hour": start, "to_hour": end, "intensity": 1, "title": title, "text": text}


@pytest.mark.parametrize(
    ("bands", "finds"),
    [
        ([phase(120, 240, "Days 6 to 10", "The body settles.")], {"time-bands"}),
        ([phase(120, 240, "Days 6 to 10", "Most feel better. Confusion can still come: call, whatever the day.")], set()),
        ([phase(120, 240, "Days 6 to 10", "The body settles. Fever or a seizure can still come.")], set()),
        ([phase(240, 480, "After day 10", "The body settles.")], set()),
    ],
)
def test_a_time_band_of_alcohol_is_no_all_clear_before_day_ten(bands, finds):
    body, fields = safety_data.with_words("en", "alcohol", "", "Be kind to yourself.")
    assert rules(found(safety_data.NAME, body, **fields, phases=bands)) == finds


def test_emergency_signs_far_down_are_a_warning_where_no_red_strip_stands_at_the_top():
    body, fields = safety_data.with_words("en", "overdose", "", "It is.")
    fields["substances"] = []
    signs, rest = body.split("## What to do")
    filler = "This paragraph tells the story of a family that had never heard of any of this before. " * 30
    late = f"## A story\n\n{filler}\n\n## What to do{rest}\n\n{signs}"
    assert rules(found(safety_data.NAME, f"{body}\n\n{filler}", **fields)) == set()
    findings = found(safety_data.NAME, late, **fields)
    assert [(finding.rule, finding.level) for finding in findings] == [("position", checks.Level.WARNING)]


def test_a_language_without_words_for_the_check_says_that_nothing_was_judged():
    findings = found(safety_data.NAME, "Beber mata.", title="Álcool", language="pt")
    assert [(finding.rule, finding.level) for finding in findings] == [("no-data", checks.Level.WARNING)]
    assert "judged nothing" in findings[0].message


def test_what_only_may_be_dangerous_is_a_warning_not_an_error():
    findings = in_guide("Wine with dinner is no problem on methadone.")
    assert [(finding.rule, finding.level) for finding in findings] == [("mixing", checks.Level.WARNING)]


@pytest.mark.parametrize(
    "sentence", ["Never Use Alone answers at 1-800-972-0590.", "New mothers can call 1-833-852-6262.", "Dial 211 for food."]
)
def test_lines_against_overdose_and_public_services_are_known_numbers(sentence):
    assert rules(found("names", sentence)) == set()


HOSTILE = (
    *("stop suddenly ", "naloxone is not ", "don't stop ", "die ", "take two pills ", "a glass of wine helps ", "no doctor ", "methadone "),
    *("pregnant stop ", "we have the best ", "of our clients ", "suffers from ", "she was clean ", "brain never ", "no deje de golpe "),
    *("la naloxona no ", "\u00a0", "aa", "(((", "1 2 3 "),
)


@pytest.mark.once
@pytest.mark.parametrize("repeated", HOSTILE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_twenty_thousand_characters_of_anything_are_judged(repeated, language):
    """A pattern that tries every way to cut a text would take minutes over these; the test then never ends."""
    text = (repeated * 20_000)[:20_000]
    fields = {"title": "Heroin, alcohol, Xanax, meth and cannabis", "language": language}
    checks.run(snapshot(f"<p>{text}</p>", **fields), only=["clinical-safety", "overclaims", "respectful-terms"])
