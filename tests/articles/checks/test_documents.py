"""The checks find what is dangerous, unproven or foreign in the sample documents."""

from pathlib import Path

import pytest

from articles import checks
from articles.importing.readers.detection import read_guide
from articles.workflow import drafts

TWIN = Path(__file__).parents[2] / "data" / "heroin-withdrawal-twin.txt"
REAL = Path(__file__).parents[4] / "shared" / "input" / "heroin-withdrawal.txt"
# File -> the two centres it names. The real document is somebody else's and lies outside the project, if it is there at all.
DOCUMENTS = {TWIN: ("Tamarack Lantern Detox Center", "Larkmere Recovery")}
if REAL.exists():
    DOCUMENTS[REAL] = ("Asheville Detox Center", "Oasis Recovery")

pytestmark = pytest.mark.django_db


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.parent.name)
def document(request):
    """The two centres that a document mentions, and the findings of the checks."""
    guide = drafts.create_draft(read_guide(request.param), language="en", by=None)
    return DOCUMENTS[request.param], checks.run(guide)


def matching(findings, check, rule=""):
    return [finding for finding in findings if finding.check == check and finding.rule.startswith(rule)]


def test_both_centres(document):
    centres, findings = document
    named = [finding.message for finding in matching(findings, "names", "centre")]
    for centre in centres:
        assert any(centre in message for message in named)


def test_dangerous_statements_are_errors(document):
    _centres, findings = document
    errors = {finding.rule for finding in matching(findings, "clinical-safety") if finding.level is checks.Level.ERROR}
    assert errors >= {"medicines", "naloxone", "tolerance", "emergency-signs", "crisis-line"}


def test_claims_without_a_source(document):
    _centres, findings = document
    uncited = " ".join(finding.excerpt for finding in matching(findings, "sources", "uncited"))
    assert "Centers for Disease Control" in uncited
    assert "2017" in uncited


def test_the_absolute_about_dopamine(document):
    _centres, findings = document
    finding = matching(findings, "overclaims", "brain-absolute")[0]
    assert finding.level is checks.Level.ERROR
    assert "dopamine" in finding.excerpt


def test_terms_promises_and_one_path_for_all(document):
    _centres, findings = document
    assert matching(findings, "respectful-terms", "user")
    assert matching(findings, "overclaims", "lasting-recovery")
    assert matching(findings, "overclaims", "one-path")


def test_the_reading_grade_is_an_error(document):
    _centres, findings = document
    whole = [
        finding for finding in matching(findings, "plain-language", "grade") if not finding.section and finding.level is checks.Level.ERROR
    ]
    assert whole
    assert matching(findings, "plain-language", "long-sentence")
