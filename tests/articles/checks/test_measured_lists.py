"""The floors of the checks: on a list that they were tuned on, one that was only measured, and one that somebody else wrote."""

import json
from io import StringIO
from itertools import combinations

import pytest
from django.core.management import CommandError, call_command

from articles.management.commands.measure_checks import LISTS, Figures

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def figures(django_db_setup, django_db_blocker):
    """The figures by (list, check, language)."""
    out = StringIO()
    with django_db_blocker.unblock():
        call_command("measure_checks", format="json", stdout=out)
    return {(row["list"], row["check"], row["language"]): Figures(**row) for row in json.loads(out.getvalue())}


@pytest.mark.parametrize("measured", ["tuned-on", "only-measured"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_dangerous_advice_is_found_and_harmless_words_do_not_block(figures, measured, language):
    row = figures[measured, "clinical-safety", language]
    assert row.recall >= 0.8
    assert row.blocked <= 0.1 * row.must_pass


@pytest.mark.parametrize(("language", "floor"), [("en", 0.65), ("es", 0.55)])
def test_advice_in_the_words_of_somebody_else_is_found_more_often_than_not(figures, language, floor):
    row = figures["independent", "clinical-safety", language]
    assert row.recall >= floor
    assert row.blocked <= 0.1 * row.must_pass


@pytest.mark.parametrize("measured", ["tuned-on", "only-measured"])
@pytest.mark.parametrize("check", ["overclaims", "respectful-terms"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_promises_and_shaming_words_are_found_and_little_else(figures, measured, check, language):
    row = figures[measured, check, language]
    assert row.precision >= 0.85
    assert row.recall >= 0.7


def test_no_sentence_is_in_both_lists():
    lists = [{line.split("\t")[-1] for line in path.read_text(encoding="utf-8").splitlines()[1:]} for path in sorted(LISTS.glob("*.tsv"))]
    assert len(lists) == 3
    assert all(not one & other for one, other in combinations(lists, 2))
    assert min(map(len, lists)) > 200


def test_the_sentences_that_were_judged_wrongly_can_be_printed(tmp_path):
    path = tmp_path / "mine.tsv"
    columns = "check\tlanguage\tguide\tplace\tfinds\tsentence"
    rows = [columns, "overclaims\ten\t-\t-\tcure\tWe cure all.", "overclaims\ten\t-\t-\tcure\tThe sun shines."]
    path.write_text("\n".join(rows), encoding="utf-8")
    out = StringIO()
    call_command("measure_checks", path, "--wrong", stdout=out)
    assert "mine: overclaims (en): found 1 of 2 (50%)" in out.getvalue()
    assert "The sun shines. [cure; found nothing]" in out.getvalue()
    assert "We cure all. [" not in out.getvalue()


def test_another_file_is_refused_with_the_columns_it_needs(tmp_path):
    path = tmp_path / "other.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no list of check, language"):
        call_command("measure_checks", path)
