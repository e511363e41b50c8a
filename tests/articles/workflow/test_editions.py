"""Editions are immutable."""

import pytest
from django.db import DatabaseError, connection, transaction

from articles import snapshots
from articles.models import Address, Edition, Guide
from articles.models.editions import ImmutableEdition
from articles.workflow import drafts, publishing, review
from recovery_site.verbs import Refused
from tests.articles.guides import approve


def test_the_model_refuses_to_change_one(published):
    edition = published.live_edition
    edition.title = "Another"
    with pytest.raises(ImmutableEdition):
        edition.save()
    with pytest.raises(ImmutableEdition):
        edition.delete()
    with pytest.raises(ImmutableEdition):
        Edition.objects.all().delete()
    with pytest.raises(ImmutableEdition):
        Edition.objects.update(title="Another")


@pytest.mark.parametrize("statement", ["UPDATE articles_edition SET title = 'Another'", "DELETE FROM articles_edition"])
def test_the_database_refuses_too(published, statement):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Edition.objects.get().title == "The first days without"


def test_deleting_the_people_deletes_no_guide_and_changes_no_edition(published, edith, ruth):
    before = Edition.objects.values().get()
    edith.delete()
    ruth.delete()
    assert Edition.objects.values().get() == before
    guide = Guide.objects.get()
    assert (guide.created_by, guide.owner, guide.reviewed_by) == (None, None, "Ruth Romero, RN")
    assert guide.events.filter(kind="approved").get().signature == "Ruth Romero, RN"


def test_restoring_copies_the_text_back_as_a_draft(published, edith, ruth):
    first = published.live_edition
    before = snapshots.digest_of(published)
    published.body = "<p>All new.</p>"
    published.save()
    published.sources.all().delete()
    drafts.record_edit(published, before=before, by=edith)
    guide = publishing.restore(first, by=edith)
    assert snapshots.digest_of(guide) == first.digest
    guide.refresh_from_db()
    assert guide.state == Guide.State.DRAFT
    assert [source.title for source in guide.sources.all()] == ["A study of first days", "A handbook"]


def test_a_second_edition_gets_the_next_number_and_the_first_is_kept(published, edith, ruth):
    first = Edition.objects.values().get()
    before = snapshots.digest_of(published)
    published.title = "The first week without"
    published.slug = "the-first-week"
    published.save()
    drafts.record_edit(published, before=before, by=edith)
    published.refresh_from_db()
    second = publishing.publish(approve(review.submit(published, by=edith), by=ruth), by=edith)
    assert second.number == 2
    assert Edition.objects.values().get(number=1) == first
    assert set(Address.objects.values_list("slug", flat=True)) == {"the-first-days", "the-first-week"}


def test_an_address_that_was_another_guides_is_refused(published, edith, ruth):
    published.slug = "moved-on"
    published.save()
    other = Guide.objects.create(title="Other", slug="the-first-days", created_by=edith)
    other = approve(review.submit(other, by=edith), by=ruth)
    with pytest.raises(Refused, match="address"):
        publishing.publish(other, by=edith)
