"""manage.py import_guide: its output and what it stores."""

import json
import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import Guide, GuideEvent
from tests.articles.importing.documents import MORE, PROSE, TWIN

pytestmark = pytest.mark.django_db

SLUG = "what-is-it-like-to-come-off-heroin-a-guide-for-families"


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_guide", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def other(tmp_path) -> Path:
    path = tmp_path / "other.txt"
    path.write_text(f"Sleeping Again\n{PROSE}\nWhat Helps at Night\n{MORE}\n")
    return path


def test_the_output_lists_what_was_recognised_and_doubts():
    out = run(TWIN)
    assert "Title: What Is It Like To Come Off Heroin? A Guide for Families" in out
    assert f"Slug: {SLUG}" in out
    assert "(before the first section title): 4 paragraphs" in out
    assert "Signs of Coming Off Heroin: 2 paragraphs, a list of 12 items" in out
    assert "Contact block: Larkmere Recovery Can Bring You Home— Call Our Team Now (87 words)" in out
    assert 'Line 47: "The team of Tamarack Lantern Detox Center' in out
    assert "Stored as a draft." in out


def test_the_draft_has_the_text_and_no_author():
    run(TWIN)
    guide = Guide.objects.get()
    assert (guide.slug, guide.language, guide.state) == (SLUG, "en", Guide.State.DRAFT)
    assert (guide.created_by, guide.last_edited_by, guide.live_edition) == (None, None, None)
    assert guide.body.startswith("<p>Families who find out")
    assert guide.body.count("<h2>") == 3
    assert guide.body.count("<li>") == 12
    assert "Larkmere" not in guide.body
    assert guide.contact_heading == "Larkmere Recovery Can Bring You Home— Call Our Team Now"
    assert guide.contact_text.count("\n\n") == 1
    assert GuideEvent.objects.get().kind == GuideEvent.Kind.CREATED


def test_json_is_one_object_for_one_file():
    out = run(TWIN, "--format", "json")
    report = json.loads(out)
    assert list(report) == ["file", "slug", "title", "sections", "contact_block", "words", "doubts"]
    assert (report["file"], report["slug"]) == (str(TWIN), SLUG)
    assert report["sections"][2] == {"title": "Signs of Coming Off Heroin", "paragraphs": 2, "lists": [12]}
    assert report["sections"][0]["title"] == ""
    assert set(report["contact_block"]) == {"heading", "text"}
    assert len(report["doubts"]) == 1


def test_json_is_a_list_for_several_files(other):
    report = json.loads(run(TWIN, other, "--format=json"))
    assert [entry["slug"] for entry in report] == [SLUG, "sleeping-again"]
    assert report[1]["contact_block"] is None


def test_a_second_import_is_a_second_draft_and_says_so():
    run(TWIN)
    Guide.objects.update(title="Edith's own words")
    report = json.loads(run(TWIN, "--format=json"))
    assert report["slug"] == f"{SLUG}-2"
    assert any(SLUG in doubt and f'"{SLUG}-2"' in doubt for doubt in report["doubts"])
    assert Guide.objects.get(slug=SLUG).title == "Edith's own words"


def test_the_same_address_can_be_used_in_another_language():
    run(TWIN)
    assert json.loads(run(TWIN, "--format=json", "--language=es"))["slug"] == SLUG
    assert set(Guide.objects.values_list("language", flat=True)) == {"en", "es"}


def test_a_bad_file_is_reported_in_one_line_and_nothing_is_stored(tmp_path):
    bad = tmp_path / "empty.txt"
    bad.touch()
    with pytest.raises(CommandError) as refusal:
        run(bad)
    assert str(refusal.value) == f"{bad}: it is empty: check that it is the right file."
    assert not Guide.objects.exists()


def test_one_bad_file_among_good_ones_stores_nothing(tmp_path, other):
    with pytest.raises(CommandError) as refusal:
        run(TWIN, tmp_path / "missing.txt", other, tmp_path)
    first, second, last = str(refusal.value).split("\n")
    assert first == f"{tmp_path / 'missing.txt'}: there is no such file: check the name."
    assert second == f"{tmp_path}: it is a folder: name the files in it."
    assert last.startswith("Nothing was imported")
    assert not Guide.objects.exists()


def test_a_failure_while_storing_rolls_back_all_files(monkeypatch, other):
    from articles.workflow import drafts

    create = drafts.create_draft

    def fails_at_second(guide, **options):
        if guide.slug == "sleeping-again":
            raise RuntimeError("the disk is full")
        return create(guide, **options)

    monkeypatch.setattr(drafts, "create_draft", fails_at_second)
    with pytest.raises(RuntimeError):
        run(TWIN, other)
    assert not Guide.objects.exists()


def test_in_a_shell_a_refusal_has_an_exit_code_and_no_traceback(tmp_path):
    image = tmp_path / "scan.txt"
    image.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, str(root / "manage.py"), "import_guide", str(image)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.strip().endswith("scan.txt: it is an image, not a text: open it and save it as .txt, .md, .html or .docx.")
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="other systems have no file names that are not text")
def test_a_file_name_that_is_not_utf_8_is_printed_escaped(tmp_path):
    name = os.fsdecode(os.fsencode(tmp_path) + b"/guide-\xff.txt")
    shutil.copy(TWIN, name)
    assert "guide-\\udcff.txt" in run(name)
