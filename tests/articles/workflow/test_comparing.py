"""Two states of a guide side by side."""

import pytest
from django.urls import reverse

from articles import snapshots
from articles.models import Guide
from articles.workflow import comparing, drafts


def test_words_that_came_and_went_are_marked_and_escaped():
    old, new = comparing.words("Drink <b>cold</b> water", "Drink warm water now")
    assert old == "Drink <del>&lt;b&gt;cold&lt;/b&gt;</del> water"
    assert new == "Drink <ins>warm</ins> water<ins> now</ins>"


def test_only_the_lines_that_differ_are_changed():
    old = {"title": "A", "body": "<h2>One</h2><p>Same.</p><ul><li>a</li><li>b</li></ul>"}
    new = {"title": "A", "body": "<h2>One</h2><p>Same.</p><ul><li>a</li><li>c</li><li>d</li></ul>"}
    rows = [(str(row.old), str(row.new)) for row in comparing.compare(old, new) if row.changed]
    assert rows == [("– <del>b</del>", "– <ins>c</ins>"), ("", "<ins>– d</ins>")]


def test_nested_lists_and_tables_are_read_once():
    body = "<ul><li>a<ul><li>b</li></ul></li></ul><table><tbody><tr><th>c</th><td><p>d</p></td></tr></tbody></table>"
    assert comparing.lines_of(body) == ["– a", "– b", "c", "d"]


def test_what_changed_stands_out_of_what_is_the_same():
    same = "".join(f"<p>Same {number}.</p>" for number in range(9))
    old = {"title": "A", "body": f"<p>Start.</p>{same}<p>Cold water.</p>{same}"}
    new = {"title": "A", "body": f"<p>Start.</p>{same}<p>Warm water.</p>{same}"}
    rows = comparing.only_changes(comparing.compare(old, new))
    assert [(row.heading, str(row.new), row.skipped) for row in rows] == [
        ("", "", 10),
        ("Text", "Same 8.", 0),
        ("", "<ins>Warm</ins> water.", 0),
        ("", "Same 0.", 0),
        ("", "", 8),
    ]
    assert comparing.only_changes(comparing.compare(old, old)) == []


@pytest.fixture
def changed(published, edith):
    before = snapshots.digest_of(published)
    published.body = published.body.replace("Yawning", "Sneezing")
    published.save()
    published.sources.filter(number=2).delete()
    drafts.record_edit(published, before=before, by=edith)
    return published


def test_the_live_edition_and_the_draft_in_the_admin(client, changed, edith):
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_compare", args=[changed.pk])).content.decode()
    assert "<del>Yawning</del>" in page
    assert "<ins>Sneezing</ins>" in page
    assert "<del>[2] A handbook, Example Press, 2023</del>" in page
    assert "lines are the same" in page
    assert "Somebody who stays" not in page
    page = client.get(reverse("admin:articles_guide_compare", args=[changed.pk]), {"all": "1"}).content.decode()
    assert "lines are the same" not in page
    assert "Somebody who stays" in page


def test_restoring_in_the_admin(client, changed, edith):
    client.force_login(edith)
    changed.refresh_from_db()
    url = reverse("admin:articles_guide_restore", args=[changed.pk, 1])
    assert client.get(url).status_code == 405
    page = client.post(url, {"version": changed.version}, follow=True).content.decode()
    assert "Edition 1 was copied into the draft" in page
    guide = Guide.objects.get()
    assert "Yawning" in guide.body
    assert (guide.sources.count(), guide.state) == (2, "draft")


def test_an_auditor_compares_and_cannot_restore(client, changed, ada):
    client.force_login(ada)
    url = reverse("admin:articles_guide_compare", args=[changed.pk])
    assert "Copy edition" not in client.get(url).content.decode()
    client.post(reverse("admin:articles_guide_restore", args=[changed.pk, 1]), {"version": changed.version})
    assert "Sneezing" in Guide.objects.get().body


def test_a_guide_without_editions_has_nothing_to_compare(client, draft, edith):
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_compare", args=[draft.pk]), follow=True).content.decode()
    assert "no edition to compare with" in page
