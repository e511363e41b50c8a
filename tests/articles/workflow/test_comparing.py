"""Comparing two states of a guide."""

import pytest
from django.urls import reverse

from articles import snapshots
from articles.models import Guide
from articles.workflow import comparing, drafts, publishing, review
from tests.articles.guides import approve


def test_added_and_removed_words_are_marked_and_escaped():
    old, new = comparing.words("Drink <b>cold</b> water", "Drink warm water now")
    assert old == "Drink <del>&lt;b&gt;cold&lt;/b&gt;</del> water"
    assert new == "Drink <ins>warm</ins> water<ins> now</ins>"


def test_only_the_lines_that_differ_are_changed():
    old = {"title": "A", "body": "<h2>One</h2><p>Same.</p><ul><li>a</li><li>b</li></ul>"}
    new = {"title": "A", "body": "<h2>One</h2><p>Same.</p><ul><li>a</li><li>c</li><li>d</li></ul>"}
    rows = [(str(row.old), str(row.new)) for row in comparing.compare(old, new) if row.changed]
    assert rows == [("– <del>b</del>", "– <ins>c</ins>"), ("", "<ins>– d</ins>")]


def test_unchanged_rows_are_collapsed():
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
    assert "<del>[2] <strong>A handbook</strong><small>,</small> Example Press<small>, year</small> 2023</del>" in page
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


def test_a_reviewer_sees_an_inverted_instruction_in_a_list(client, published, edith, ruth):
    """The clinician who signed “There is no difference.” had signed “Do not call 911”."""
    inner = "<ul><li>Tell them where you are.</li><li>Wait.</li></ul>"
    said = f"<h2>At once</h2><ul><li><strong>Call 911 first.</strong> Then give one dose.{inner}</li><li>Stay.</li></ul>"
    Guide.objects.filter(pk=published.pk).update(body=published.body + said)
    guide = Guide.objects.get()
    publishing.publish(approve(review.submit(edited(guide, edith), by=edith), by=ruth), by=edith)
    guide = Guide.objects.get()
    before = snapshots.digest_of(guide)
    guide.body = guide.body.replace("Call 911 first.", "Do not call 911.").replace("one dose", "ten doses")
    guide.save()
    drafts.record_edit(guide, before=before, by=edith)
    client.force_login(ruth)
    page = client.get(reverse("admin:articles_guide_compare", args=[guide.pk])).content.decode()
    assert "There is no difference" not in page
    assert "<ins><strong>Do not" in page
    assert "<del>one dose.</del>" in page
    assert "<ins>ten doses.</ins>" in page


def edited(guide, by):
    drafts.record_edit(guide, before="", by=by)
    return guide


def test_there_is_no_difference_only_when_the_digests_are_equal():
    base = {
        "language": "en", "title": "A", "body": "<p>One. Two.</p>", "kind": "general",
        "substances": ["alcohol"], "contact_text": "Call us.",
        "at_a_glance": [{"label": "Starts", "text": "within a day"}],
        "phases": [{"order": 0, "from_hour": 1, "to_hour": 2, "intensity": 1, "title": "First", "text": "Sweats."}],
        "sources": [{"number": 1, "title": "A study", "publisher": "P", "year": 2024, "url": "", "read_on": None, "note": ""}],
    }  # fmt: skip
    changes = [
        {"language": "es"},
        {"title": "B"},
        {"kind": "safety"},
        {"substances": ["opioids"]},
        {"contact_text": "Call us. "},
        {"contact_text": "Call\n\nus."},
        {"body": "<p>One.\n Two.</p>"},
        {"body": "<p>One. Two.</p><p></p>"},
        {"at_a_glance": [{"label": "Starts: within", "text": "a day"}]},
        *({"phases": [{**base["phases"][0], **one}]} for one in ({"order": 7}, {"from_hour": 0}, {"intensity": 5}, {"title": "x"})),
        *({"sources": [{**base["sources"][0], **one}]} for one in ({"number": 2}, {"url": "https://x.org/"}, {"note": "x"})),
        {"something_new": "x"},
    ]
    assert not any(row.changed for row in comparing.compare(base, dict(base)))
    for change in changes:
        rows = comparing.compare(base, {**base, **change})
        assert any("<del>" in row.old or "<ins>" in row.new for row in rows), change


def test_related_guides_are_named(draft, published_elsewhere):
    rows = comparing.compare({"related": []}, {"related": [published_elsewhere.pk]})
    assert [(row.heading, row.new) for row in rows] == [("Related guides", "<ins>Elsewhere</ins>")]


@pytest.fixture
def published_elsewhere(db):
    return Guide.objects.create(title="Elsewhere", slug="elsewhere")
