"""Fixtures of guides in several states."""

import pytest

from articles.models import Guide, Source, TimelinePhase
from articles.rendering import sanitizing
from articles.workflow import publishing, review
from tests.articles.guides import EMERGENCY, SAFETY, approve

BODY = (
    "<p>The first days are the hardest.[1] They do pass.</p><h2>What happens first</h2><p>Yawning and cold sweats come first.[1][2]</p>"
    f"{EMERGENCY}"
    "<h2>What helps</h2><ul><li>Water and rest</li><li>Somebody who stays</li></ul>"
    f"{SAFETY}"
    "<table><thead><tr><th>Day</th><th>Feeling</th></tr></thead><tbody><tr><td>1</td><td>Restless</td></tr></tbody></table>"
)


@pytest.fixture
def draft(edith) -> Guide:
    """A draft by Edith."""
    guide = Guide.objects.create(
        title="The first days without",
        slug="the-first-days",
        summary="What the first days are like and what helps.",
        kind=Guide.Kind.WITHDRAWAL,
        substances=["heroin"],
        stages=["withdrawal"],
        readers=["self"],
        body=sanitizing.clean(BODY),
        at_a_glance=[{"label": "Starts", "text": "within a day"}],
        contact_heading="Talk to someone",
        contact_text="Write to us whenever you like.",
        created_by=edith,
        last_edited_by=edith,
    )
    Source.objects.create(
        guide=guide, number=1, title="A study of first days", publisher="Institute of Examples", year=2024, url="https://example.org/study"
    )
    Source.objects.create(guide=guide, number=2, title="A handbook", publisher="Example Press", year=2023)
    TimelinePhase.objects.create(guide=guide, from_hour=8, to_hour=24, intensity=2, title="First day", text="Yawning and sweats.")
    TimelinePhase.objects.create(guide=guide, order=1, from_hour=24, to_hour=72, intensity=5, title="The peak")
    return guide


@pytest.fixture
def approved(draft, edith, ruth) -> Guide:
    """Edith's draft, approved by Ruth."""
    return approve(review.submit(draft, by=edith), by=ruth)


@pytest.fixture
def published(approved, edith) -> Guide:
    """Edith's guide, approved by Ruth and published."""
    publishing.publish(approved, by=edith)
    return Guide.objects.get(pk=approved.pk)
