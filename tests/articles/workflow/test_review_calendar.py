"""Review reminders, and confirming a guide without changes."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import snapshots
from articles.models import Guide, Reminder
from articles.workflow import drafts, publishing, reminders, review, review_calendar
from tests.articles.guides import approve, review_form

TODAY = dt.datetime(2031, 3, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def due(published, edith, emil):
    """Edith's live guide, with Emil as second person."""

    def in_days(days, **fields):
        values = {"owner": edith, "second_person": emil, "next_review_on": TODAY.date() + dt.timedelta(days=days)} | fields
        Guide.objects.filter(pk=published.pk).update(**values)
        return Guide.objects.get(pk=published.pk)

    return in_days


@pytest.mark.parametrize(("days", "step"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)])
def test_the_steps_of_the_calendar(days, step):
    assert reminders.step_for(TODAY.date() + dt.timedelta(days=days), TODAY.date()) == step


def test_one_digest_to_the_owner_and_the_second_person(due, mailoutbox):
    due(20)
    assert reminders.send_due(TODAY)["review_digests_sent"] == 2
    assert sorted(message.to[0] for message in mailoutbox) == ["edith@example.org", "emil@example.org"]
    assert "The first days without (en), due by March 21, 2031" in mailoutbox[0].body
    assert mailoutbox[0].subject == "Guides to review"


def test_several_guides_come_in_one_mail(due, edith, mailoutbox):
    due(20, second_person=None)
    for number in range(3):
        Guide.objects.create(title=f"Guide {number}", slug=f"guide-{number}", owner=edith, next_review_on=TODAY.date())
    reminders.send_due(TODAY)
    assert len(mailoutbox) == 1
    assert "Guide 0" not in mailoutbox[0].body, "a guide nobody reads is not due"


def test_nobody_is_reminded_twice_of_the_same(due, mailoutbox):
    due(30)
    for hours in (0, 1, 24, 24 * 20):
        reminders.send_due(TODAY + dt.timedelta(hours=hours))
    assert len(mailoutbox) == 2
    reminders.send_due(TODAY + dt.timedelta(days=23))
    assert len(mailoutbox) == 4
    reminders.send_due(TODAY + dt.timedelta(days=31))
    assert len(mailoutbox) == 6
    assert "over its date since March 31, 2031: readers are told so" in mailoutbox[-1].body


def test_a_mail_that_could_not_be_sent_is_tried_again(due, monkeypatch, mailoutbox):
    due(30)

    def broken(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("articles.workflow.reminders.send_mail", broken)
    assert reminders.send_due(TODAY)["review_digests_sent"] == 0
    monkeypatch.undo()
    assert reminders.send_due(TODAY)["review_digests_sent"] == 2
    assert len(mail.outbox) == 2


def test_inactive_people_get_no_mail(due, edith, emil):
    due(30)
    edith.is_active = False
    edith.save()
    emil.delete()
    assert reminders.send_due(TODAY)["review_digests_sent"] == 0
    assert not Reminder.objects.exists()


def test_a_clinician_confirms_a_guide_without_changes_on_one_page(client, published, ruth, edith):
    Guide.objects.filter(pk=published.pk).update(reviewed_on="2020-01-02", next_review_on="2021-01-02")
    client.force_login(edith)
    url = reverse("admin:articles_guide_review", args=[published.pk])
    assert "Reviewed, no change" not in client.get(url).content.decode()
    client.post(url, review_form(published, "confirm-unchanged"))
    published.refresh_from_db()
    assert str(published.reviewed_on) == "2020-01-02"
    client.force_login(ruth)
    editor = client.get(reverse("admin:articles_guide_change", args=[published.pk])).content.decode()
    assert f'href="{url}"' in editor
    assert "Reviewed, no change" in client.get(url).content.decode()
    client.post(url, review_form(published, "confirm-unchanged"))
    published.refresh_from_db()
    assert published.reviewed_on == timezone.localdate()
    assert published.editions.count() == 1
    assert "may be out of date" not in client.get("/guides/the-first-days/").content.decode()


@pytest.mark.parametrize(
    ("kind", "months"), [("withdrawal", 12), ("safety", 12), ("law", 12), ("helplines", 12), ("treatment", 24), ("general", 36)]
)
def test_each_kind_has_its_interval_and_guides_are_staggered(kind, months):
    dates = {review_calendar.next_review(Guide(pk=pk, kind=kind), dt.date(2024, 2, 29)) for pk in range(1, 21)}
    latest = review_calendar.add_months(dt.date(2024, 2, 29), months)
    assert len(dates) == 20
    assert all(latest - dt.timedelta(days=84) < date <= latest for date in dates)


def test_a_guide_that_becomes_one_about_safety_is_due_earlier(client, draft, edith, ruth):
    Guide.objects.filter(pk=draft.pk).update(kind="general")
    draft.refresh_from_db()
    publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
    draft.refresh_from_db()
    reviewed = timezone.localdate() - dt.timedelta(days=200)
    Guide.objects.filter(pk=draft.pk).update(reviewed_on=reviewed, next_review_on=review_calendar.next_review(draft, reviewed))

    def becomes(kind):
        draft.refresh_from_db()
        before = snapshots.digest_of(draft)
        draft.kind = kind
        draft.save()
        drafts.record_edit(draft, before=before, by=edith)
        publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
        draft.refresh_from_db()
        return draft.reviewed_on, draft.next_review_on

    earlier = review_calendar.next_review(Guide(pk=draft.pk, kind="safety"), reviewed)
    assert becomes("safety") == (reviewed, earlier)
    assert f"{date_format(earlier)}" in client.get("/guides/the-first-days/").content.decode()
    assert becomes("general") == (reviewed, earlier), "a part that changed earns no later date"


def test_the_end_of_a_short_month():
    assert review_calendar.add_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert review_calendar.add_months(dt.date(2024, 11, 30), 3) == dt.date(2025, 2, 28)


def test_the_calendar_lists_what_is_due_first(client, published, edith):
    client.force_login(edith)
    Guide.objects.filter(pk=published.pk).update(next_review_on=timezone.localdate() - dt.timedelta(days=1))
    Guide.objects.create(title="Far away", slug="far-away")
    page = client.get(reverse("admin:articles_guide_changelist"), {"due": "overdue"}).content.decode()
    assert "The first days without" in page
    assert "Far away" not in page
    assert '<span class="badge badge-review_due">Review due</span>' in page


def test_editors_are_reminded_of_a_guide_without_owner(due, edith, emil, ruth, mailoutbox):
    due(20, owner=None, second_person=None)
    assert reminders.send_due(TODAY)["review_digests_sent"] == 2
    assert sorted(message.to[0] for message in mailoutbox) == ["edith@example.org", "emil@example.org"]


def test_editors_are_reminded_of_a_guide_whose_people_are_inactive(due, edith, emil, mailoutbox):
    due(20, second_person=None)
    edith.is_active = False
    edith.save()
    assert reminders.send_due(TODAY)["review_digests_sent"] == 1
    assert mailoutbox[0].to == ["emil@example.org"]
