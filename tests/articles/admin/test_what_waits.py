"""Editors and reviewers see what waits for them, and an approval with an open comment asks first."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import CLINICAL_REVIEWER, EDITOR
from articles.models import Comment, Guide
from articles.workflow import comments, review
from recovery_site.verbs import Refused
from tests.articles.guides import approve, review_form
from tests.people import person

pytestmark = pytest.mark.django_db


def front_page(client, somebody):
    client.force_login(somebody)
    return client.get("/admin/").content.decode()


def test_ruth_sees_first_what_is_in_review(client, draft, edith, ruth):
    comments.add(draft, by=edith, text="Is this dose right?")
    review.submit(draft, by=edith)
    page = front_page(client, ruth)
    assert "What waits for you" in page
    assert page.index("In review") < page.index("Open comments")
    assert page.count(draft.title) == 2
    assert "1 comment" in page


def test_edith_sees_her_drafts_and_nobody_elses_page_has_the_panel(client, draft, edith, amara, ada):
    assert "Your drafts" in front_page(client, edith)
    for somebody in (amara, ada):
        assert "What waits for you" not in front_page(client, somebody)


def test_guides_that_nobody_reviewed_say_so_in_the_list_and_on_the_front_page(client, published, ruth):
    Guide.objects.update(reviewed_on=None)
    assert "Never reviewed by a clinician" in front_page(client, ruth)
    assert "Not reviewed" in client.get("/admin/articles/guide/").content.decode()
    Guide.objects.update(reviewed_on=timezone.localdate(), next_review_on=timezone.localdate() + dt.timedelta(days=300))
    assert "Never reviewed by a clinician" not in front_page(client, ruth)
    assert "Nothing waits" in front_page(client, ruth)
    assert "badge-unreviewed" not in client.get("/admin/articles/guide/").content.decode()


def test_the_link_behind_open_comments_lists_only_those_guides(client, draft, published, edith):
    comments.add(draft, by=edith, text="Is this dose right?")
    client.force_login(edith)
    page = client.get("/admin/articles/guide/?comments=open").content.decode()
    assert "1 guide" in page
    assert draft.title in page


def test_ruth_is_asked_before_she_approves_with_an_open_comment(client, draft, edith, ruth):
    comments.add(draft, by=edith, text="Is this dose right?")
    review.submit(draft, by=edith)
    with pytest.raises(Refused, match="Comments are still open"):
        approve(draft, by=ruth)
    client.force_login(ruth)
    address = f"/admin/articles/guide/{draft.pk}/review/"
    assert "I read it and approve all the same" in client.get(address).content.decode()
    client.post(address, review_form(draft, "approve", despite_comments="1"))
    draft.refresh_from_db()
    assert draft.state == Guide.State.APPROVED
    assert "open comments: 1" in draft.events.filter(kind="approved").get().note


def test_nothing_is_asked_once_the_comment_is_dealt_with(draft, edith, ruth):
    comments.resolve(comments.add(draft, by=edith, text="Is this dose right?"), by=edith)
    review.submit(draft, by=edith)
    assert approve(draft, by=ruth).state == Guide.State.APPROVED
    assert not Comment.objects.filter(resolved_at=None).exists()


def test_the_demos_editor_and_reviewer_have_something_to_do(client, published):
    demo = [person(f"demo-{role}", f"{role} (demo)", group) for role, group in (("editor", EDITOR), ("reviewer", CLINICAL_REVIEWER))]
    for _again in range(2):
        call_command("setup_demo_guides")
    assert Guide.objects.filter(title__endswith="(demo draft)").count() == 2
    for somebody in demo:
        page = front_page(client, somebody)
        assert "Your first visit (demo draft)" in page
        assert "Open comments" in page


def test_ruth_reads_first_why_she_can_not_approve_yet(client, draft, ruth):
    client.force_login(ruth)
    page = client.get(f"/admin/articles/guide/{draft.pk}/review/").content.decode()
    assert page.index("You can’t approve this guide now.") < page.index("Only a guide that was submitted") < page.index("<fieldset")
