"""No page links to an archived guide, whatever editors changed in drafts."""

import pytest

from articles import snapshots
from articles.models import Guide
from articles.workflow import drafts, publishing, review
from tests.articles.guides import approve, sourced

pytestmark = pytest.mark.django_db


def publish(guide, edith, ruth):
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    return Guide.objects.get(pk=guide.pk)


@pytest.fixture
def dangerous(edith, ruth):
    """A live guide that will turn out to be wrong."""
    return publish(sourced("A wrong dose", "a-wrong-dose", created_by=edith, last_edited_by=edith), edith, ruth)


def test_no_live_page_links_to_it_even_if_the_draft_no_longer_does(client, draft, dangerous, edith, ruth):
    draft.related.add(dangerous)
    guide = publish(draft, edith, ruth)
    assert "A wrong dose" in client.get("/guides/the-first-days/").content.decode()
    before = snapshots.digest_of(guide)
    guide.related.clear()
    drafts.record_edit(guide, before=before, by=edith)
    publishing.archive(dangerous, by=edith, reason="outdated")
    assert "wrong" not in client.get("/guides/the-first-days/").content.decode()


def test_no_live_page_names_it_as_its_translation_though_the_tie_was_cut(client, published, edith, ruth):
    translation = sourced(
        "Una dosis mala", "una-dosis", "<p>Esto pasa en un día.[1]</p>", language="es", original=published, created_by=edith
    )
    translation = publish(translation, edith, ruth)
    assert "una-dosis" in client.get("/guides/the-first-days/").content.decode()
    Guide.objects.filter(pk=translation.pk).update(original=None)
    publishing.archive(Guide.objects.get(pk=translation.pk), by=edith, reason="outdated")
    for address in ("/guides/the-first-days/", "/sitemap.xml"):
        assert "una-dosis" not in client.get(address).content.decode()
