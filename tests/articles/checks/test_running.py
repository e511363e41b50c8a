"""Running the checks on guides, snapshots and plain texts, and from the command line."""

import datetime as dt
import json
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from articles import checks, snapshots
from articles.checks import respectful_terms
from articles.management.commands import check_guides
from articles.models import Guide
from intake.models import Centre
from tests.articles.checks.texts import found, rules, snapshot

HARMFUL = "<p>Heroin addicts get clean here.</p><p>Read <a href='/guides/gone/'>more</a>.</p>"


@pytest.fixture
def guide(db):
    return Guide.objects.create(title="Heroin detox", slug="heroin-detox", body=HARMFUL, substances=["heroin"])


def printed(*arguments):
    out = StringIO()
    call_command("check_guides", *arguments, stdout=out)
    return out.getvalue()


def exit_code(*arguments):
    """Return the exit code that a shell gets."""
    try:
        check_guides.Command(stdout=StringIO()).run_from_argv(["manage.py", "check_guides", *arguments])
    except SystemExit as ended:
        return ended.code
    return 0


def test_a_guide_and_its_snapshot_give_the_same(guide):
    assert checks.run(guide) == checks.run(snapshots.take(guide))
    assert checks.run(guide)


def test_a_long_guide_takes_no_more_queries_than_a_short_one(guide, django_assert_max_num_queries):
    guide.body = HARMFUL * 200
    guide.save()
    with django_assert_max_num_queries(5):
        assert len(checks.run(guide)) > 200


def test_errors_come_first(guide):
    levels = [finding.level for finding in checks.run(guide)]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_json_is_a_list_of_findings(guide):
    rows = json.loads(printed("heroin-detox", "--format", "json"))
    assert {tuple(row) for row in rows} == {("guide", "check", "level", "message", "excerpt", "section")}
    assert {row["guide"] for row in rows} == {"heroin-detox"}
    assert {"clinical-safety", "respectful-terms", "structure"} <= {row["check"] for row in rows}
    assert {row["level"] for row in rows} <= {"error", "warning", "note"}


def test_a_script_stops_at_an_error(guide):
    assert exit_code("heroin-detox") == 1


def test_warnings_alone_do_not_fail(db):
    Guide.objects.create(title="A walk", slug="a-walk", body="<p>Addicts walk too.</p>")
    out = printed()
    assert "warning: respectful-terms" in out
    assert "1 guide checked: 0 errors, 2 warnings, 0 notes." in out
    assert exit_code() == 0


def test_only_some_guides(guide):
    Guide.objects.create(title="Un paseo", slug="un-paseo", language="es", body="<p>Caminar ayuda.</p>")
    assert {row["guide"] for row in json.loads(printed("--language", "es", "--format", "json"))} == {"un-paseo"}
    with pytest.raises(CommandError, match="no guide with the address nowhere"):
        printed("nowhere")


def test_a_key_does_not_depend_on_the_language(guide):
    in_english = {finding.key for finding in checks.run(guide)}
    with override("es"):
        in_spanish = checks.run(guide)
    assert {finding.key for finding in in_spanish} == in_english
    guide.body = HARMFUL.replace("Heroin addicts", "Many heroin addicts")
    # Advice is judged as a whole sentence, so its finding may come or go with any word of it.
    in_more_words = {finding.key for finding in checks.run(guide) if finding.rule != "forbidden-advice"}
    assert in_more_words <= in_english, "nor on what stands around the words"
    assert len(in_english - in_more_words) <= 1
    guide.body = HARMFUL.replace("Heroin addicts", "Heroin junkies")
    assert {finding.key for finding in checks.run(guide)} != in_english


def test_replies_of_staff_can_be_checked_as_plain_text():
    assert rules(respectful_terms.find("We know that addicts get clean.", "en")) == {"addict", "clean"}
    assert rules(respectful_terms.find("Los adictos y el vicio.", "es")) == {"adicto", "vicio"}
    assert respectful_terms.find("Thank you for writing to us.", "en") == []


@pytest.mark.django_db
def test_our_own_centres_and_numbers_are_accepted():
    text = "The nurses at Juniper Hollow Recovery answer. Call 202-555-0143."
    assert rules(found("names", text)) == {"centre", "phone"}
    Centre.objects.create(name="Juniper Hollow Recovery", slug="juniper", phone="+1 202 555 0143")
    assert found("names", text) == []


def test_the_age_of_a_source_depends_on_the_given_day():
    source = {"number": 1, "title": "T", "publisher": "P", "year": 2015, "url": "https://example.org/", "read_on": "2015-01-01", "note": ""}
    guide = snapshot("It helps.[1]", sources=[source])
    assert rules(checks.run(guide, only=["sources"], today=dt.date(2025, 12, 31))) == set()
    assert rules(checks.run(guide, only=["sources"], today=dt.date(2026, 1, 1))) == {"old-source"}


@pytest.mark.parametrize("part", ["title", "summary", "content_note", "contact_heading", "contact_text"])
def test_every_part_of_a_guide_is_read(part):
    assert rules(found("respectful-terms", "Words.", **{part: "Addicts"})) == {"addict"}


def test_facts_timeline_and_callouts_are_read():
    phase = {"order": 0, "from_hour": 1, "to_hour": 2, "intensity": 1, "title": "Addicts", "text": "Junkies"}
    assert rules(found("respectful-terms", "Words.", phases=[phase])) == {"addict", "junkie"}
    assert rules(found("respectful-terms", "Words.", at_a_glance=[{"label": "Addicts", "text": "winos"}])) == {"addict", "drunk"}
    assert rules(found("respectful-terms", "::: family For addicts\nJunkies\n:::")) == {"addict", "junkie"}
    assert rules(found("respectful-terms", "| Addicts |\n|---|\n| junkies |")) == {"addict", "junkie"}


def test_a_quotation_is_a_note():
    levels = [finding.level for finding in found("respectful-terms", "Some say “addict” here.\n\n> I was an addict.")]
    assert levels == [checks.Level.NOTE] * 2


def test_titles_of_sources_are_ignored():
    source = {
        "number": 1,
        "title": "Drug abuse and addicts",
        "publisher": "P",
        "year": 2024,
        "url": "https://example.org/",
        "read_on": None,
        "note": "",
    }
    assert found("respectful-terms", "Words.[1]", sources=[source]) == []


@pytest.mark.parametrize(
    "body", ["", "<p></p>", "<h2></h2>", "<table></table>", "<ul><li></li></ul>", "<p>" + "a " * 5000 + "</p>", "<p>[1][1][</p>"]
)
def test_odd_texts_break_nothing(db, body):
    checks.run(snapshot("<p>x</p>") | {"body": body, "title": "", "language": "es"})
    checks.run(snapshot("<p>x</p>") | {"body": body})


@pytest.mark.once
@pytest.mark.parametrize("repeated", ["1-", "Recovery Treatment ", "a@b.", "“a ", "[1]", "reduce by 10% ", "everyone must "])
def test_no_text_makes_a_check_very_slow(db, repeated):
    """Patterns that try every way to cut a text take minutes over these; the test then never ends."""
    checks.run(snapshot(f"<p>{repeated * 1_000}</p>", substances=["opioids"]))


@pytest.mark.once
def test_a_process_that_checks_nothing_loads_no_dictionary():
    code = (
        "import django; django.setup(); import recovery_site.urls; from django.urls import resolve; resolve('/'); "
        "from articles.checks.text import syllables; raise SystemExit(syllables._dictionary.cache_info().misses)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
