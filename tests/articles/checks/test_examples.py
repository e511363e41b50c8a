"""Each check finds what its examples say."""

from pathlib import Path

import pytest

from articles import checks
from articles.checks import CHECKS, registry
from articles.checks.safety_messages import MESSAGES
from tests.articles.checks.texts import found, rules

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}-{'-'.join(example.finds) or 'nothing'}")
    for name, check in CHECKS.items()
    for number, example in enumerate(check.examples, start=1)
]


def test_every_module_that_defines_a_check_is_registered():
    assert set(CHECKS) >= {"plain-language", "respectful-terms", "sources", "clinical-safety", "overclaims", "structure", "names"}
    folder = Path(checks.__path__[0])
    modules = {path.stem for path in folder.glob("*.py") if "@register(" in path.read_text(encoding="utf-8")}
    assert {check.find.__module__.rpartition(".")[2] for check in CHECKS.values()} == modules


def test_what_can_harm_a_reader_comes_first():
    assert registry.in_order()[0].name == "clinical-safety"
    assert [check.rank for check in registry.in_order()] == sorted(check.rank for check in CHECKS.values())


def test_two_checks_can_not_share_a_name():
    with pytest.raises(ValueError, match="sources"):
        registry.register("sources", (), rank=registry.Rank.FORM)(lambda guide: ())


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example(name, example):
    findings = found(name, example.body, language=example.language, **example.fields)
    if example.finds:  # what must be found may sound dangerous as well
        findings = [finding for finding in findings if finding.message != str(MESSAGES["suspected-advice"].asserted)]
    assert rules(findings) == set(example.finds)


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_has_a_positive_and_a_negative_example_in_both_languages(name):
    examples = CHECKS[name].examples
    for language in ("en", "es"):
        kinds = {bool(example.finds) for example in examples if example.language == language}
        assert kinds == {True, False} or (name == "structure" and True in kinds)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_findings_say_why_and_what_to_do(name, example):
    for finding in found(name, example.body, language=example.language, **example.fields):
        assert finding.check == name
        assert finding.message
        assert finding.reason
        assert finding.suggestion
