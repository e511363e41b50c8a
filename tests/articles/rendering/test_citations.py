"""Citations match the sources."""

import pytest
from django.urls import reverse

from articles.models import Guide, Source
from articles.rendering import citations
from articles.workflow import drafts, review, review_gate
from recovery_site.verbs import Refused
from tests.articles.guides import approve


def test_citations_and_sources_that_do_not_match_are_found(draft):
    draft.body = "<p>a[2] b[7] c[2]</p>"
    draft.save()
    Source.objects.create(guide=draft, number=2, title="Twice", publisher="Example Press")
    numbers = citations.examine(draft)
    assert (numbers.dead, numbers.unused, numbers.doubled) == ([7], [1], [2])


def test_renumbering_changes_text_and_sources_together(draft, edith):
    Source.objects.create(guide=draft, number=3, title="Nobody cites it", publisher="Example Press")
    draft.body = "<p>Handbook says.[2] Study says.[1] Handbook again.[2]</p>"
    draft.save()
    guide = drafts.renumber(draft, by=edith)
    assert guide.body == "<p>Handbook says.[1] Study says.[2] Handbook again.[1]</p>"
    assert [source.title for source in guide.sources.all()] == ["A handbook", "A study of first days", "Nobody cites it"]
    assert citations.examine(guide).in_order


def test_renumbering_is_refused_until_the_numbers_are_correct(draft, edith):
    draft.body = "<p>a[2] b[7]</p>"
    draft.save()
    with pytest.raises(Refused):
        drafts.renumber(draft, by=edith)


def test_the_editor_sees_a_dead_number_and_a_clinician_cannot_approve_it(client, draft, edith, ruth):
    Guide.objects.filter(pk=draft.pk).update(body=f"<p>a[1] b[2] c[9]</p>{draft.body}")
    draft.refresh_from_db()
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "numbers that have no source: 9" in page
    review.submit(draft, by=edith)
    draft.refresh_from_db()
    with pytest.raises(Refused, match="1 error to fix"):
        approve(draft, by=ruth)
    assert [found.finding.excerpt for found in review_gate.reviewed_findings(draft) if found.blocks] == ["a[1] b[2] c[9]"]
