"""A guide that was taken off the site is named nowhere, whatever editors did to drafts meanwhile."""

import pytest

from articles import snapshots
from articles.models import Guide
from articles.workflow import drafts, publishing, review

pytestmark = pytest.mark.django_db


def publish(guide, edith, ruth):
    publishing.publish(review.approve(review.submit(guide, by=edith), by=ruth), by=edith)
    return Guide.objects.get(pk=guide.pk)


@pytest.fixture
def dangerous(edith, ruth):
    """A live guide that will turn out to be wrong."""
    guide = Guide.objects.create(title="A wrong dose", slug="a-wrong-dose", body="<p>Words.</p>", created_by=edith, last_edited_by=edith)
    return publish(guide, edith, ruth)


def test_no_live_page_leads_to_it_though_the_draft_no_longer_relates_to_it(client, draft, dangerous, edith, ruth):
    draft.related.add(dangerous)
    guide = publish(draft, edith, ruth)
    assert "A wrong dose" in client.get("/guides/the-first-days/").content.decode()
    before = snapshots.digest_of(guide)
    guide.related.clear()
    drafts.record_edit(guide, before=before, by=edith)
    publishing.archive(dangerous, by=edith)
    assert "wrong" not in client.get("/guides/the-first-days/").content.decode()


def test_no_live_page_names_it_as_its_translation_though_the_tie_was_cut(client, published, edith, ruth):
    translation = Guide.objects.create(
        title="Una dosis errada", slug="una-dosis", language="es", body="<p>Palabras.</p>", original=published, created_by=edith
    )
    translation = publish(translation, edith, ruth)
    assert "una-dosis" in client.get("/guides/the-first-days/").content.decode()
    Guide.objects.filter(pk=translation.pk).update(original=None)
    publishing.archive(Guide.objects.get(pk=translation.pk), by=edith)
    for address in ("/guides/the-first-days/", "/sitemap.xml"):
        assert "una-dosis" not in client.get(address).content.decode()
