"""Editors see which sources nobody has read yet; readers don't."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from articles.models import Guide
from tests.articles.workflow.test_starter_library import FRONT

READ = '  - {title: A handbook, publisher: Example Press, year: 2024, url: "https://example.org/handbook", read_on: 2026-01-31}\n'
UNREAD = (
    '  - {title: A long report, publisher: Example Press, year: 2023, url: "https://example.org/report", read_on: null,'
    ' note: "Not opened when this was written; to be checked before review."}\n'
)


@pytest.fixture
def guide(db, tmp_path):
    (tmp_path / "en").mkdir()
    words = (
        FRONT.replace(READ, READ + UNREAD).replace("Drink water.[1]", "Drink water.[1] Rest.[2]").replace("related: [second-steps]\n", "")
    )
    (tmp_path / "en" / "first-steps.md").write_text(words)
    call_command("load_starter_guides", "--folder", str(tmp_path), verbosity=0)
    return Guide.objects.get(slug="first-steps")


def test_a_reader_sees_the_note_and_no_date(client, guide):
    page = client.get("/guides/first-steps/").content.decode()
    assert "Not opened when this was written" in page
    assert page.count("Read on ") == 1


def test_the_day_a_source_was_read_is_in_the_readers_format(client, guide, tmp_path):
    assert "Read on Jan. 31, 2026." in client.get("/guides/first-steps/").content.decode()

    (tmp_path / "es").mkdir()
    words = (tmp_path / "en" / "first-steps.md").read_text()
    (tmp_path / "es" / "first-steps.md").write_text(words.replace("language: en", "language: es"))
    call_command("load_starter_guides", "--folder", str(tmp_path), verbosity=0)
    assert "Consultada el 31 de enero de 2026." in client.get("/es/guides/first-steps/").content.decode()


def test_an_editor_sees_which_source_is_not_read(client, edith, guide):
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_change", args=[guide.pk])).content.decode()
    assert "[2] A long report (not read yet)" in page
    assert "A handbook (not read yet)" not in page
