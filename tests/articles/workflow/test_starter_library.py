"""Loading the starter library, which never overwrites editors' changes."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from lxml import html

from articles import snapshots
from articles.models import Edition, Guide, Term
from articles.workflow import drafts, publishing, starter_library
from tests.articles.guides import confirm_unchanged

FRONT = """---
slug: first-steps
language: en
title: First steps
summary: What to do first.
kind: general
substances: [heroin]
readers: [self]
related: [second-steps]
at_a_glance:
  - {label: When, text: today}
sources:
  - {title: A handbook, publisher: Example Press, year: 2024, url: "https://example.org/handbook", read_on: 2026-01-31}
contact:
  heading: Talk to someone
  text: Write to us.
---
Drink water.[1]

## A plan

Tolerance falls within days: a dose that was usual before can kill. Keep naloxone at home. Call or text 988 when you think of dying.

::: emergency When to call
Call 911 <b>now</b>.
:::

| Day | Feeling |
|---|---|
| 1 | Restless |
"""


@pytest.fixture
def library(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "first-steps.md").write_text(FRONT)
    (tmp_path / "en" / "second-steps.md").write_text(FRONT.replace("first-steps", "second-steps").replace("First steps", "Second steps", 1))
    return tmp_path


def load(library, *args):
    out = StringIO()
    call_command("load_starter_guides", *args, "--folder", str(library), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_guides_are_published_and_say_that_nobody_reviewed_them(client, library):
    assert "2 new, 0 updated, 0 unchanged, 0 left alone." in load(library)
    page = client.get("/guides/first-steps/").content.decode()
    for words in (
        "Not yet clinically reviewed",
        "no clinician has checked",
        "A handbook",
        "Second steps",
        'class="callout callout-emergency"',
    ):
        assert words in page
    assert "&lt;b&gt;now" in page


@pytest.mark.django_db
def test_loading_again_changes_nothing(library):
    load(library)
    before = list(Edition.objects.values())
    assert "0 new, 0 updated, 2 unchanged, 0 left alone." in load(library)
    assert list(Edition.objects.values()) == before


@pytest.mark.django_db
def test_a_better_text_in_the_library_becomes_the_next_edition(client, library):
    load(library)
    path = library / "en" / "first-steps.md"
    path.write_text(path.read_text().replace("Drink water", "Sip water"))
    assert "0 new, 1 updated, 1 unchanged" in load(library)
    assert "Sip water" in client.get("/guides/first-steps/").content.decode()
    assert Guide.objects.get(slug="first-steps").editions.count() == 2


@pytest.mark.django_db
def test_a_translation_follows_its_original_from_the_first_day(client, library, edith):
    (library / "es").mkdir()
    spanish = FRONT.replace("slug: first-steps", "slug: primeros-pasos\ntranslation_of: first-steps").replace(
        "language: en", "language: es"
    )
    (library / "es" / "primeros-pasos.md").write_text(spanish)
    client.force_login(edith)

    def behind():
        return "has a newer edition" in client.get(url).content.decode()

    load(library)
    url = reverse("admin:articles_guide_change", args=[Guide.objects.get(language="es").pk])
    assert not behind()
    path = library / "en" / "first-steps.md"
    path.write_text(path.read_text().replace("Drink water", "Sip water"))
    load(library)
    assert behind()


@pytest.mark.django_db
def test_a_guide_that_an_editor_changed_is_kept(library, edith):
    load(library)
    guide = Guide.objects.get(slug="first-steps")
    before = snapshots.digest_of(guide)
    guide.body = "<p>Edith's words.</p>"
    guide.save()
    drafts.record_edit(guide, before=before, by=edith)
    path = library / "en" / "first-steps.md"
    path.write_text(path.read_text().replace("Drink water", "Sip water"))
    assert "left as editors have it: first-steps" in load(library)
    guide.refresh_from_db()
    assert (guide.body, guide.editions.count()) == ("<p>Edith's words.</p>", 1)


@pytest.mark.django_db
def test_a_guide_that_a_clinician_reviewed_is_kept(library, ruth):
    load(library)
    confirm_unchanged(Guide.objects.get(slug="first-steps"), by=ruth)
    assert "1 left alone" in load(library)


@pytest.mark.django_db
def test_an_archived_guide_does_not_come_back(client, library, edith):
    load(library)
    publishing.archive(Guide.objects.get(slug="first-steps"), by=edith, reason="outdated")
    load(library)
    assert client.get("/guides/first-steps/").status_code == 410


@pytest.mark.django_db
def test_only_one(library):
    assert "published: second-steps\n1 new" in load(library, "--only", "second-steps")
    with pytest.raises(CommandError, match="No starter guide is called nowhere"):
        load(library, "--only", "nowhere")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("kind: general", "kind: poem", "Use one of withdrawal"),
        ("Drink water.[1]", "Drink water.", r"nothing cites \[1\]"),
        ("Drink water.[1]", "Drink water.[1][7]", r"cites \[7\]"),
        ("substances: [heroin]", "substances: [sugar]", "has sugar"),
        ("slug: first-steps", "slug: elsewhere", "Give the file that name"),
        ("title: First steps", "", "“title” is missing"),
        ("at_a_glance:\n  - {label: When, text: today}", "at_a_glance: [{label: When}]", "label and a text"),
        ("read_on: 2026-01-31", "read_on: yesterday", "Write it as 2026-01-31"),
        ("summary: What to do first.", "summary: a: b: c", "YAML"),
        ("https://example.org/handbook", "http://example.org/handbook", "https://"),
    ],
)
def test_a_bad_file_is_reported_with_advice_and_nothing_is_loaded(library, old, new, advice):
    path = library / "en" / "first-steps.md"
    path.write_text(FRONT.replace(old, new))
    with pytest.raises(CommandError, match=f"first-steps.md: .*{advice}"):
        load(library)
    assert not Guide.objects.exists()


@pytest.mark.django_db
def test_terms_are_added_once_and_editors_changes_are_kept(client, library):
    (library / "glossary.en.yaml").write_text("- {slug: water, term: water, meaning: Wet.}\n")
    assert "added to the glossary: 1 terms" in load(library)
    page = client.get("/glossary/").content.decode()
    assert "Wet." in page
    assert "Not yet clinically reviewed." in page
    Term.objects.update(meaning="Better words.")
    assert "glossary" not in load(library)
    assert Term.objects.get().meaning == "Better words."
    (library / "glossary.en.yaml").write_text("- {slug: water}\n")
    with pytest.raises(CommandError, match=r"glossary\.en\.yaml: each term needs"):
        load(library)


@pytest.mark.django_db
def test_the_library_itself_loads(client):
    starter_library.load_glossary()
    outcome = starter_library.load(starter_library.read_all())
    assert outcome.new
    for edition in Edition.objects.live():
        assert client.get(edition.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_the_timeline_of_cannabis_withdrawal_puts_the_peak_where_the_text_does(client):
    starter_library.load([guide for guide in starter_library.read_all() if guide.key == ("en", "cannabis-withdrawal")])
    page = html.fromstring(client.get("/guides/cannabis-withdrawal/").content)
    assert "Days 2 to 6" in page.cssselect(".at-a-glance")[0].text_content()
    [peak] = [row.text_content() for row in page.cssselect(".timeline-phases li") if "strength 4 of 5" in row.text_content()]
    assert "Days 2 to 6" in peak


def test_a_folder_of_other_files_is_not_a_library(tmp_path):
    shutil.rmtree(tmp_path)
    assert starter_library.read_all(tmp_path) == []
