"""Each check does what its examples say, which are also its documentation."""

import pytest

from articles.checks import CHECKS
from tests.articles.checks.texts import found, rules

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}-{'-'.join(example.finds) or 'nothing'}")
    for name, check in CHECKS.items()
    for number, example in enumerate(check.examples, start=1)
]


def test_the_checks_are_those_of_the_handbook():
    assert set(CHECKS) == {"plain-language", "respectful-terms", "sources", "clinical-safety", "overclaims", "structure", "names"}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example(name, example):
    findings = found(name, example.body, language=example.language, **example.fields)
    assert rules(findings) == set(example.finds)


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_has_a_positive_and_a_negative_example_in_both_languages(name):
    examples = CHECKS[name].examples
    for language in ("en", "es"):
        kinds = {bool(example.finds) for example in examples if example.language == language}
        assert kinds == {True, False} or (name == "structure" and True in kinds)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_findings_tell_why_and_what_to_do(name, example):
    for finding in found(name, example.body, language=example.language, **example.fields):
        assert finding.check == name
        assert finding.message
        assert finding.reason
        assert finding.suggestion
