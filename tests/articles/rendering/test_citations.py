"""Numbers in the text and sources at the end belong together."""

import pytest
from django.urls import reverse

from articles.models import Guide, Source
from articles.rendering import citations
from articles.workflow import drafts, review
from recovery_site.verbs import Refused


def test_what_does_not_fit_is_found(draft):
    draft.body = "<p>a[2] b[7] c[2]</p>"
    draft.save()
    Source.objects.create(guide=draft, number=2, title="Twice", publisher="Example Press")
    found = citations.examine(draft)
    assert (found.dead, found.unused, found.doubled) == ([7], [1], [2])


def test_numbering_anew_moves_text_and_sources_together(draft, edith):
    Source.objects.create(guide=draft, number=3, title="Nobody cites it", publisher="Example Press")
    draft.body = "<p>Handbook says.[2] Study says.[1] Handbook again.[2]</p>"
    draft.save()
    guide = drafts.renumber(draft, by=edith)
    assert guide.body == "<p>Handbook says.[1] Study says.[2] Handbook again.[1]</p>"
    assert [source.title for source in guide.sources.all()] == ["A handbook", "A study of first days", "Nobody cites it"]
    assert citations.examine(guide).in_order


def test_numbering_waits_until_the_numbers_are_sound(draft, edith):
    draft.body = "<p>a[2] b[7]</p>"
    draft.save()
    with pytest.raises(Refused):
        drafts.renumber(draft, by=edith)


def test_the_editor_sees_a_dead_number_and_a_clinician_cannot_approve_it(client, draft, edith, ruth):
    Guide.objects.filter(pk=draft.pk).update(body="<p>a[1] b[2] c[9]</p>")
    draft.refresh_from_db()
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "numbers that have no source: 9" in page
    review.submit(draft, by=edith)
    draft.refresh_from_db()
    with pytest.raises(Refused, match="9"):
        review.approve(draft, by=ruth)
