"""Guides that are safe except for one place: rephrased, left out, denied or reversed."""

import csv
from pathlib import Path

import pytest

from articles.checks import clinical_safety
from articles.checks.clinical_safety import DRINK, HEROIN, SAFE_ALCOHOL, SAFE_OPIOIDS, SEGURO
from tests.articles.checks.texts import found, rules

TABLE = Path(__file__).parents[2] / "data" / "hard-safety.tsv"
DEJAR = {**HEROIN, "title": "Dejar la heroína"}
BEBER = {**DRINK, "title": "Dejar el alcohol"}
SEGURO_ALCOHOL = (
    "No deje de beber de golpe. Dejarlo de golpe puede causar convulsiones y puede matar.\n\n## Cuándo pedir ayuda de emergencia\n\n"
    "Llame al 911. Llame al 988."
)
# Place -> the safe guide, the words there that are replaced ("" to add at the end), its fields and language.
PLACES = {
    "tolerance": (SAFE_OPIOIDS, "After a break your tolerance falls. A dose that was once usual can kill.", HEROIN, "en"),
    "naloxone": (SAFE_OPIOIDS, "Keep naloxone close.", HEROIN, "en"),
    "medicines": (SAFE_OPIOIDS, "Treatment with buprenorphine, methadone or naltrexone helps.", HEROIN, "en"),
    "added": (SAFE_OPIOIDS, "", HEROIN, "en"),
    "stopping": (SAFE_ALCOHOL, "Do not stop all at once. Stopping suddenly can cause seizures, and it can kill.", DRINK, "en"),
    "tolerancia": (SEGURO, "Después de una pausa su tolerancia baja. La dosis de antes puede matar.", DEJAR, "es"),
    "naloxona": (SEGURO, "Tenga naloxona cerca.", DEJAR, "es"),
    "añadido": (SEGURO, "", DEJAR, "es"),
    "dejar": (SEGURO_ALCOHOL, "No deje de beber de golpe. Dejarlo de golpe puede causar convulsiones y puede matar.", BEBER, "es"),
}
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_the_statement_decides_what_is_found(place):
    body, words, fields, language = PLACES[place]
    assert words in body
    assert found(clinical_safety.NAME, body, language=language, **fields) == []
    wrong = {}
    for row in ROWS:
        if row["place"] == place:
            changed = body.replace(words, row["sentence"]) if words else f"{body} {row['sentence']}"
            rules_found = rules(found(clinical_safety.NAME, changed, language=language, **fields))
            if rules_found != (set() if row["finds"] == "-" else set(row["finds"].split(","))):
                wrong[row["sentence"]] = rules_found
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "language", "missing"),
    [
        ("Fentanyl", "en", {"overdose-after-detox", "naloxone"}),
        ("Tramadol dependence", "en", {"overdose-after-detox", "naloxone"}),
        ("Nitazenes", "en", {"overdose-after-detox", "naloxone"}),
        ("Hydromorphone withdrawal", "en", {"overdose-after-detox", "naloxone", "emergency-help", "crisis-line"}),
        ("Xanax withdrawal", "en", {"sudden-stop", "seizures", "emergency-help", "crisis-line"}),
        ("Temazepam", "en", {"sudden-stop", "seizures"}),
        ("Quitting drinking", "en", {"sudden-stop", "seizures", "emergency-help", "crisis-line"}),
        ("Quit heroin for good", "en", {"overdose-after-detox", "naloxone", "emergency-help", "crisis-line"}),
        ("How to stop drinking", "en", {"sudden-stop", "seizures", "emergency-help", "crisis-line"}),
        ("Stop the stigma of alcohol", "en", {"sudden-stop", "seizures"}),
        ("Nicotine withdrawal", "en", {"emergency-help", "crisis-line"}),
        ("Cannabis", "en", set()),
        ("Dejar la heroína", "es", {"overdose-after-detox", "naloxone", "emergency-help", "crisis-line"}),
        ("El alcohol", "es", {"sudden-stop", "seizures"}),
    ],
)
def test_the_title_decides_what_a_guide_must_say(title, language, missing):
    assert rules(found(clinical_safety.NAME, "Words.", title=title, language=language)) == missing


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["Call 988 24 hours a day.", "Call (988).", "Call 1-800-662-4357, day and night.", "Text HOME to 741741."]
)
def test_a_crisis_line_is_recognised_in_any_format(words):
    body = SAFE_OPIOIDS.replace("For thoughts of suicide call 988.", words)
    assert found(clinical_safety.NAME, body, **HEROIN) == []
