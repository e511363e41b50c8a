"""A clinical reviewer approves each text before it is published."""

import pytest

from articles import snapshots
from articles.models import Guide, GuideEvent
from articles.workflow import drafts, publishing, review
from recovery_site.verbs import NotAllowed, Refused, Stale
from tests.articles.guides import approve, confirm_unchanged
from tests.people import person


def edit(guide, by, **changes):
    before = snapshots.digest_of(guide)
    for name, value in changes.items():
        setattr(guide, name, value)
    guide.save()
    drafts.record_edit(guide, before=before, by=by)
    return guide


def test_a_draft_goes_through_review_to_an_edition(draft, edith, ruth):
    review.submit(draft, by=edith)
    guide = approve(Guide.objects.get(pk=draft.pk), by=ruth)
    edition = publishing.publish(guide, by=edith)
    guide.refresh_from_db()
    assert (guide.state, guide.live_edition, edition.number) == (Guide.State.PUBLISHED, edition, 1)
    assert edition.approved_by == guide.reviewed_by == "Ruth Romero, RN"
    kinds = list(guide.events.order_by("pk").values_list("kind", "actor_name"))
    assert kinds == [
        ("submitted", "Edith Moreau"),
        ("approved", "Ruth Romero"),
        ("reviewed", "Ruth Romero"),
        ("published", "Edith Moreau"),
    ]


@pytest.mark.parametrize("name", ["edith", "emil", "olga", "ada", "tom"])
def test_only_a_clinical_reviewer_approves(draft, edith, name, request):
    someone = request.getfixturevalue(name)
    review.submit(draft, by=edith)
    with pytest.raises(NotAllowed):
        approve(draft, by=someone)
    draft.refresh_from_db()
    assert draft.state == Guide.State.IN_REVIEW


def test_a_superuser_who_wrote_it_gets_no_exception(draft, edith):
    boss = person("bo", "Bo Boss", "clinical reviewer", is_superuser=True)
    draft.last_edited_by = boss
    draft.save()
    review.submit(draft, by=edith)
    with pytest.raises(NotAllowed, match="wrote or changed"):
        approve(draft, by=boss)


def test_the_first_author_cannot_approve_what_a_colleague_finished(draft, rafael, emil):
    draft.created_by = rafael
    draft.last_edited_by = emil
    draft.save()
    review.submit(draft, by=emil)
    with pytest.raises(NotAllowed):
        approve(draft, by=rafael)


def test_an_editor_in_between_cannot_approve(draft, edith, rafael):
    edit(draft, rafael, summary="Rafael's words.")
    edit(draft, edith, title="Edith's title")
    review.submit(draft, by=edith)
    with pytest.raises(NotAllowed):
        approve(draft, by=rafael)


def test_a_reviewer_may_approve_a_later_edition_they_had_no_part_in(published, edith, ruth, rafael):
    guide = edit(published, rafael, summary="Second words.")
    publishing.publish(approve(review.submit(guide, by=rafael), by=ruth), by=edith)
    guide.refresh_from_db()
    guide = edit(guide, edith, summary="Third words.")
    assert approve(review.submit(guide, by=edith), by=rafael).state == Guide.State.APPROVED


@pytest.mark.parametrize("state", ["in_review", "approved", "published"])
def test_a_change_makes_it_a_draft_again(draft, edith, ruth, state):
    guide = review.submit(draft, by=edith)
    if state != "in_review":
        guide = approve(guide, by=ruth)
    if state == "published":
        publishing.publish(guide, by=edith)
        guide.refresh_from_db()
    live = guide.live_edition
    edit(guide, edith, body=guide.body + "<p>One more thing.</p>")
    guide.refresh_from_db()
    assert (guide.state, guide.live_edition) == (Guide.State.DRAFT, live)
    with pytest.raises(Refused):
        publishing.publish(guide, by=edith)


def test_saving_without_a_change_keeps_the_approval(approved, edith):
    edit(approved, edith, title=approved.title)
    approved.refresh_from_db()
    assert approved.state == Guide.State.APPROVED


def test_text_changed_behind_the_verbs_is_not_published(approved, edith):
    Guide.objects.filter(pk=approved.pk).update(body="<p>Slipped in.</p>")
    with pytest.raises(Refused):
        publishing.publish(approved, by=edith)


def test_a_text_that_changed_since_the_reviewer_saw_it_is_not_approved(draft, edith, ruth):
    seen = review.submit(draft, by=edith)
    Guide.objects.filter(pk=draft.pk).update(version=seen.version + 1)
    with pytest.raises(Stale):
        approve(seen, by=ruth)


def test_sending_back_needs_a_reason_and_keeps_it(draft, edith, ruth):
    guide = review.submit(draft, by=edith)
    with pytest.raises(Refused, match="what should be changed"):
        review.send_back(guide, by=ruth, reason="  ")
    review.send_back(guide, by=ruth, reason="Name naloxone.")
    event = guide.events.filter(kind=GuideEvent.Kind.SENT_BACK).get()
    assert (event.note, event.signature) == ("Name naloxone.", "Ruth Romero, RN")


def test_an_edit_of_a_part_does_not_change_the_review_date(published, edith, rafael, monkeypatch):
    Guide.objects.filter(pk=published.pk).update(reviewed_on="2020-01-02", next_review_on="2021-01-02")
    published.refresh_from_db()
    guide = edit(published, edith, summary="A little change.")
    guide = approve(review.submit(guide, by=edith), by=rafael)
    assert (str(guide.reviewed_on), str(guide.next_review_on), guide.reviewed_by) == ("2020-01-02", "2021-01-02", "Ruth Romero, RN")


def test_reviewed_without_change_updates_the_date(published, ruth):
    Guide.objects.filter(pk=published.pk).update(reviewed_on="2020-01-02", next_review_on="2021-01-02")
    published.refresh_from_db()
    guide = confirm_unchanged(published, by=ruth)
    assert guide.reviewed_on
    assert guide.next_review_on
    assert guide.reviewed_on.year > 2020
    assert guide.next_review_on > guide.reviewed_on
