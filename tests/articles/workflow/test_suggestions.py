"""Suggestions of related guides."""

from django.urls import reverse

from articles.models import Guide
from articles.workflow import publishing, review, suggestions
from tests.articles.guides import approve, sourced


def live(title, edith, ruth, **fields):
    guide = sourced(title, title.lower(), created_by=edith, **fields)
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    return guide


def test_guides_that_share_most_come_first_and_drafts_never(draft, edith, ruth):
    live("Cannabis", edith, ruth, substances=["cannabis"], readers=["self"])
    stage = live("Stage", edith, ruth, stages=["withdrawal"])
    both = live("Both", edith, ruth, substances=["heroin"], stages=["withdrawal"])
    Guide.objects.create(title="Draft", slug="draft", substances=["heroin"])
    assert suggestions.related_to(draft) == [both, stage]
    draft.related.add(both)
    assert suggestions.related_to(draft) == [stage]


def test_one_click_adds_it(client, draft, edith, ruth):
    other = live("Both", edith, ruth, substances=["heroin"])
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_change", args=[draft.pk])).content.decode()
    assert "Add “Both”" in page
    client.post(reverse("admin:articles_guide_step", args=[draft.pk, "relate"]), {"version": draft.version, "other": other.pk})
    assert list(draft.related.all()) == [other]
