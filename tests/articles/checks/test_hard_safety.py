"""Guides that are safe except for one place: rephrased, left out, denied or reversed."""

import csv
from pathlib import Path

import pytest

from articles.checks.text import safety_data
from tests.articles.checks.texts import found, rules

TABLE = Path(__file__).parents[2] / "data" / "hard-safety.tsv"
# Place -> the language and name of the safe guide, the part that is replaced ("" to add at the end), and words that are taken out.
PLACES = {
    "tolerance": ("en", "heroin", "tolerance", ""),
    "naloxone": ("en", "heroin", "naloxone", ""),
    "medicines": ("en", "painkillers", "medicines", ""),
    "added": ("en", "heroin", "", ""),
    "stopping": ("en", "alcohol", "sudden-stop", "Withdrawal can cause seizures."),
    "tolerancia": ("es", "heroin", "tolerance", ""),
    "naloxona": ("es", "heroin", "naloxone", ""),
    "añadido": ("es", "heroin", "", ""),
    "dejar": ("es", "alcohol", "sudden-stop", "La abstinencia puede causar convulsiones."),
}
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_the_statement_decides_what_is_found(place):
    language, guide, part, left_out = PLACES[place]
    wrong = {}
    for row in ROWS:
        if row["place"] == place:
            body, fields = safety_data.with_words(language, guide, part, row["sentence"])
            rules_found = rules(found(safety_data.NAME, body.replace(left_out, "") if left_out else body, language=language, **fields))
            if row["finds"] != "-":  # what must be found may sound dangerous as well
                rules_found -= {"forbidden-advice"} - set(row["finds"].split(","))
            if rules_found != (set() if row["finds"] == "-" else set(row["finds"].split(","))):
                wrong[row["sentence"]] = (row["finds"], rules_found)
    assert wrong == {}


OPIOIDS = {"tolerance", "naloxone"}
SUDDEN = {"sudden-stop", "seizures"}
ABOUT_WITHDRAWAL = {"emergency-signs", "crisis-line"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "language", "missing"),
    [
        ("Fentanyl", "en", OPIOIDS),
        ("Tramadol dependence", "en", OPIOIDS),
        ("Nitazenes", "en", OPIOIDS),
        ("Tranq", "en", OPIOIDS),
        ("What is kratom?", "en", OPIOIDS),
        ("Percs and blues", "en", OPIOIDS),
        ("How to stop methadone", "en", OPIOIDS | ABOUT_WITHDRAWAL),
        ("Kicking dope", "en", OPIOIDS | ABOUT_WITHDRAWAL),
        ("Hydromorphone withdrawal", "en", OPIOIDS | ABOUT_WITHDRAWAL),
        ("Quit heroin for good", "en", OPIOIDS | ABOUT_WITHDRAWAL),
        ("Xanax withdrawal", "en", SUDDEN | ABOUT_WITHDRAWAL),
        ("Xannies", "en", SUDDEN),
        ("Temazepam", "en", SUDDEN),
        ("Quitting drinking", "en", SUDDEN | ABOUT_WITHDRAWAL),
        ("How to stop drinking", "en", SUDDEN | ABOUT_WITHDRAWAL),
        ("Stop the stigma of alcohol", "en", SUDDEN),
        ("Booze and you", "en", SUDDEN),
        ("A dry month", "en", SUDDEN | ABOUT_WITHDRAWAL),
        ("Ambien", "en", {"sedatives", "seizures"}),
        ("Coming off gabapentin", "en", {"sedatives", "seizures"} | ABOUT_WITHDRAWAL),
        ("Getting off Soma", "en", {"sedatives", "seizures"} | ABOUT_WITHDRAWAL),
        ("GHB", "en", {"sedatives", "seizures"}),
        ("Phenobarbital and baclofen", "en", {"sedatives", "seizures"}),
        ("Nicotine withdrawal", "en", ABOUT_WITHDRAWAL),
        ("Cannabis", "en", set()),
        ("A walk in the snow", "en", set()),
        ("The weather at speed", "en", set()),
        ("Your son and you", "en", set()),
        ("Dejar la heroína", "es", OPIOIDS | ABOUT_WITHDRAWAL),
        ("La malilla de la chiva", "es", OPIOIDS | ABOUT_WITHDRAWAL),
        ("El alcohol", "es", SUDDEN),
        ("Tafil y Rivotril", "es", SUDDEN),
        ("Pastillas para dormir", "es", {"sedatives", "seizures"}),
        ("Un paseo por la piedra", "es", set()),
    ],
)
def test_the_title_decides_what_a_guide_must_say(title, language, missing):
    """The other facts are warnings, since a guide may leave them to another."""
    findings = found(safety_data.NAME, "Words.", title=title, language=language)
    assert rules([finding for finding in findings if finding.level == "error"]) == missing


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["Call 988 24 hours a day.", "Call (988).", "Text HOME to 741741."])
def test_a_crisis_line_is_recognised_in_any_format(words):
    body, fields = safety_data.with_words("en", "heroin", "crisis-line", words)
    assert found(safety_data.NAME, body, **fields) == []


@pytest.mark.django_db
def test_the_line_for_finding_treatment_is_no_crisis_line():
    body, fields = safety_data.with_words("en", "heroin", "crisis-line", "Call 1-800-662-4357, day and night.")
    assert rules(found(safety_data.NAME, body, **fields)) == {"crisis-line"}
