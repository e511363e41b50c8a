"""The people of the guides' tests, and a guide of our own words."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR
from articles.models import Guide, Source, TimelinePhase
from articles.rendering import sanitizing
from articles.workflow import publishing, review


def person(username: str, name: str, *roles: str, **fields: object) -> User:
    user = User.objects.create_user(username, f"{username}@example.org", "a long pass phrase", is_staff=True, display_name=name, **fields)
    user.groups.set(Group.objects.get_or_create(name=role)[0] for role in roles)
    return user


@pytest.fixture
def edda(db):
    """An editor."""
    return person("edda", "Edda Ellis", EDITOR)


@pytest.fixture
def emil(db):
    """Another editor."""
    return person("emil", "Emil Estrada", EDITOR)


@pytest.fixture
def ruth(db):
    """A clinical reviewer."""
    return person("ruth", "Ruth Romero", CLINICAL_REVIEWER, credentials="RN")


@pytest.fixture
def rafael(db):
    """Another clinical reviewer, who also edits."""
    return person("rafael", "Rafael Reyes", CLINICAL_REVIEWER, EDITOR, credentials="MD")


@pytest.fixture
def ada(db):
    """An auditor, who only looks."""
    return person("ada", "Ada Abbott", AUDITOR)


@pytest.fixture
def opal(db):
    """The operator: a superuser without any role."""
    return person("opal", "Opal Ochoa", is_superuser=True)


@pytest.fixture
def tom(db):
    """Staff of a centre who answers inquiries and has nothing to do with guides."""
    return person("tom", "Tom Tran")


@pytest.fixture(autouse=True)
def silent_checks(request, monkeypatch):
    """Keep the editorial checks out of tests about something else; a test that asks for `real_checks` has them."""
    if "real_checks" not in request.fixturenames:
        monkeypatch.setattr("articles.workflow.review_gate.judge", lambda guide: [])


@pytest.fixture
def real_checks():
    """The editorial checks say what they find."""


BODY = (
    "<p>The first days are the hardest.[1] They do pass.</p><h2>What happens first</h2><p>Yawning and cold sweats come first.[1][2]</p>"
    "<aside class='callout callout-emergency'><p class='callout-title'>Get help now</p><p>Call 911 when someone can’t be woken.</p></aside>"
    "<h2>What helps</h2><ul><li>Water and rest</li><li>Somebody who stays</li></ul>"
    "<table><thead><tr><th>Day</th><th>Feeling</th></tr></thead><tbody><tr><td>1</td><td>Restless</td></tr></tbody></table>"
)


@pytest.fixture
def draft(edda) -> Guide:
    """A draft that Edda wrote."""
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
        created_by=edda,
        last_edited_by=edda,
    )
    Source.objects.create(
        guide=guide, number=1, title="A study of first days", publisher="Institute of Examples", year=2024, url="https://example.org/study"
    )
    Source.objects.create(guide=guide, number=2, title="A handbook", publisher="Example Press", year=2023)
    TimelinePhase.objects.create(guide=guide, from_hour=8, to_hour=24, intensity=2, title="First day", text="Yawning and sweats.")
    TimelinePhase.objects.create(guide=guide, order=1, from_hour=24, to_hour=72, intensity=5, title="The peak")
    return guide


@pytest.fixture
def approved(draft, edda, ruth) -> Guide:
    """Edda's draft, approved by Ruth."""
    return review.approve(review.submit(draft, edda), ruth)


@pytest.fixture
def published(approved, edda) -> Guide:
    """Edda's guide, approved by Ruth and read by visitors."""
    publishing.publish(approved, edda)
    return Guide.objects.get(pk=approved.pk)
