"""The review date that readers see is that of the text they read."""

import datetime as dt

import pytest
from django.utils import timezone

from articles import snapshots
from articles.models import Guide
from articles.workflow import drafts, publishing, review
from recovery_site.verbs import NotAllowed
from tests.articles.guides import approve, confirm_unchanged

pytestmark = pytest.mark.django_db


def edit(guide, by, **changes):
    guide = Guide.objects.get(pk=guide.pk)
    before = snapshots.digest_of(guide)
    for name, value in changes.items():
        setattr(guide, name, value)
    guide.save()
    drafts.record_edit(guide, before=before, by=by)
    return guide


def page(client, guide):
    return client.get(guide.live_edition.get_absolute_url()).content.decode()


@pytest.fixture
def old(published):
    """A guide whose only review was years ago."""
    Guide.objects.filter(pk=published.pk).update(reviewed_on="2020-01-02", next_review_on="2021-01-02", reviewed_by="Olive Older, MD")
    return Guide.objects.get(pk=published.pk)


def test_approving_a_draft_does_not_change_the_date_of_the_live_edition(client, old, edith, ruth):
    guide = edit(old, edith, summary="New words that nobody reads yet.")
    guide = approve(review.submit(guide, by=edith), by=ruth, whole_guide=True)
    publishing.schedule(guide, by=edith, publish_at=timezone.now() + dt.timedelta(days=30))
    shown = page(client, old)
    assert "Olive Older, MD on Jan. 2, 2020" in shown
    assert "as a whole by Ruth" not in shown
    assert '"lastReviewed":"2020-01-02"' in shown


def test_a_draft_that_was_sent_back_leaves_no_new_review_date(client, old, edith, ruth):
    guide = edit(old, edith, summary="Words with a mistake.")
    guide = approve(review.submit(guide, by=edith), by=ruth, whole_guide=True)
    review.send_back(guide, by=ruth, reason="One dose is wrong.")
    assert "as a whole by Olive Older" in page(client, old)


def test_an_unreviewed_live_text_does_not_become_reviewed_by_its_next_draft(client, published, edith, ruth):
    Guide.objects.filter(pk=published.pk).update(reviewed_on=None, reviewed_by="", next_review_on=None)
    guide = edit(published, edith, summary="A draft that is better.")
    approve(review.submit(guide, by=edith), by=ruth)
    assert "Not yet clinically reviewed" in page(client, published)


def test_the_review_shows_as_soon_as_the_reviewed_text_does(client, old, edith, ruth):
    guide = edit(old, edith, summary="New words.")
    guide = approve(review.submit(guide, by=edith), by=ruth, whole_guide=True)
    publishing.publish(guide, by=edith)
    assert "as a whole by Ruth Romero, RN" in page(client, Guide.objects.get(pk=old.pk))


def test_authors_of_the_live_text_cannot_confirm_it_as_reviewed(client, published, emil, ruth, rafael):
    guide = edit(published, rafael, summary="Rafael's claim.")
    guide = edit(guide, emil, title="A smaller change by Emil")
    publishing.publish(approve(review.submit(guide, by=emil), by=ruth), by=ruth)
    guide = Guide.objects.get(pk=published.pk)
    with pytest.raises(NotAllowed, match="wrote or changed"):
        confirm_unchanged(guide, by=rafael)
    assert "Rafael Reyes" not in page(client, guide)
    confirm_unchanged(guide, by=ruth)
