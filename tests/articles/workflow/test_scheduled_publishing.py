"""Scheduled publishing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from articles import snapshots
from articles.models import Edition, Guide
from articles.workflow import drafts, publishing, review
from recovery_site.verbs import Refused
from tests.articles.guides import approve

NOON = dt.datetime(2031, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def scheduled(approved, edith):
    return publishing.schedule(approved, by=edith, publish_at=NOON)


def test_nothing_happens_before_its_time(client, scheduled):
    assert publishing.publish_due(NOON - dt.timedelta(seconds=1))["guides_published"] == 0
    assert client.get("/guides/the-first-days/").status_code == 404


def test_it_is_published_once_its_time_has_come(client, scheduled):
    assert publishing.publish_due(NOON)["guides_published"] == 1
    assert client.get("/guides/the-first-days/").status_code == 200
    assert publishing.publish_due(NOON + dt.timedelta(minutes=1))["guides_published"] == 0
    assert Edition.objects.count() == 1
    guide = Guide.objects.get()
    assert (guide.state, guide.publish_at) == ("published", None)


def test_a_missed_time_is_caught_up(client, scheduled):
    assert publishing.publish_due(NOON + dt.timedelta(days=3))["guides_published"] == 1


def test_a_change_before_the_time_stops_it(client, scheduled, edith):
    before = snapshots.digest_of(scheduled)
    scheduled.body = "<p>Other words.</p>"
    scheduled.save()
    drafts.record_edit(scheduled, before=before, by=edith)
    assert publishing.publish_due(NOON)["guides_published"] == 0
    assert client.get("/guides/the-first-days/").status_code == 404


def test_one_that_cannot_be_published_does_not_stop_the_others(client, scheduled, published_elsewhere):
    Guide.objects.filter(pk=scheduled.pk).update(body="<p>Changed behind the verbs.</p>")
    assert publishing.publish_due(NOON)["guides_published"] == 1
    assert client.get("/guides/another/").status_code == 200


def test_one_that_cannot_be_published_goes_back_to_its_editors_who_see_why(client, scheduled, edith):
    Guide.objects.filter(pk=scheduled.pk).update(body="<p>Changed behind the verbs.</p>")
    client.force_login(edith)
    press = reverse("admin:articles_guide_step", args=[scheduled.pk, "publish"])
    assert "changed after it was approved" in client.post(press, {"version": scheduled.version}, follow=True).content.decode()
    publishing.publish_due(NOON)
    page = client.get(reverse("admin:articles_guide_change", args=[scheduled.pk])).content.decode()
    assert "It will be published on" not in page
    assert "It was not published at its time: The text changed after it was approved" in strip_tags(page)
    assert "Submit for review" in page
    assert publishing.publish_due(NOON + dt.timedelta(days=1))["guides_published"] == 0
    assert scheduled.events.filter(kind="sent_back").count() == 1


def test_a_guide_that_another_names_as_related_is_not_deleted(client, draft, edith, ruth):
    named = Guide.objects.create(title="Not ready yet", slug="not-ready-yet", created_by=edith)
    draft.related.add(named)
    publishing.schedule(approve(review.submit(draft, by=edith), by=ruth), by=edith, publish_at=NOON)
    client.force_login(edith)
    delete = reverse("admin:articles_guide_delete", args=[named.pk])
    for page in (client.get(delete, follow=True), client.post(delete, {"post": "yes"}, follow=True)):
        assert "“The first days without” names this guide as related" in page.content.decode()
    assert publishing.publish_due(NOON)["guides_published"] == 1
    draft.related.clear()
    client.post(delete, {"post": "yes"})
    assert not Guide.objects.filter(pk=named.pk).exists()


@pytest.fixture
def published_elsewhere(edith, ruth):
    other = Guide.objects.create(title="Another", slug="another", created_by=edith)
    return publishing.schedule(approve(review.submit(other, by=edith), by=ruth), by=edith, publish_at=NOON)


def test_the_time_is_set_in_the_admin(client, approved, edith):
    client.force_login(edith)
    url = reverse("admin:articles_guide_step", args=[approved.pk, "schedule"])
    page = client.post(url, {"version": approved.version, "publish_at": "2031-05-04T12:00"}, follow=True).content.decode()
    approved.refresh_from_db()
    assert approved.publish_at == NOON
    assert "It will be published on" in page


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("tomorrow", "such as 2030-01-31"),
        ("2031-13-40T12:00", "such as"),
        ("2001-01-01T10:00", "still to come"),
    ],
)
def test_an_invalid_time_is_refused_with_advice(client, approved, edith, value, advice):
    client.force_login(edith)
    url = reverse("admin:articles_guide_step", args=[approved.pk, "schedule"])
    assert advice in client.post(url, {"version": approved.version, "publish_at": value}, follow=True).content.decode()
    approved.refresh_from_db()
    assert approved.publish_at is None
    assert timezone.now() < NOON


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_a_time_at_either_end_of_the_calendar_is_refused_anywhere(client, approved, edith, zone, settings):
    settings.TIME_ZONE = zone
    client.force_login(edith)
    url = reverse("admin:articles_guide_step", args=[approved.pk, "schedule"])
    for value in ("9999-12-31T23:59", "0001-01-01T00:00"):
        assert (
            "Choose a year between 2000 and 2100"
            in client.post(url, {"version": approved.version, "publish_at": value}, follow=True).content.decode()
        )


def test_edith_cancels_the_time_with_one_button(client, scheduled, edith):
    client.force_login(edith)
    page = client.get(f"/admin/articles/guide/{scheduled.pk}/change/").content.decode()
    assert "Cancel this time" in page
    client.post(f"/admin/articles/guide/{scheduled.pk}/step/unschedule/", {"version": scheduled.version})
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.publish_at) == (Guide.State.APPROVED, None)
    assert publishing.publish_due(NOON) == {"guides_published": 0}
    page = client.get(f"/admin/articles/guide/{scheduled.pk}/change/").content.decode()
    assert "Cancel this time" not in page
    assert "time of publishing canceled" in page
    with pytest.raises(Refused, match="No time of publishing is set"):
        publishing.unschedule(scheduled, by=edith)


def test_the_time_is_on_the_clock_that_the_page_names(client, approved, edith):
    edith.time_zone = "America/New_York"
    edith.save()
    client.force_login(edith)
    assert "New York time" in client.get(reverse("admin:articles_guide_change", args=[approved.pk])).content.decode()
    url = reverse("admin:articles_guide_step", args=[approved.pk, "schedule"])
    client.post(url, {"version": approved.version, "publish_at": "2027-01-10T09:00"})
    approved.refresh_from_db()
    assert approved.publish_at == dt.datetime(2027, 1, 10, 14, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "words"), [("2027-03-14T02:30", "does not exist (New York time)"), ("2027-11-07T01:30", "comes twice (New York time)")]
)
def test_a_time_in_the_night_when_the_clocks_change_is_asked_back(client, approved, edith, value, words):
    edith.time_zone = "America/New_York"
    edith.save()
    client.force_login(edith)
    url = reverse("admin:articles_guide_step", args=[approved.pk, "schedule"])
    assert words in client.post(url, {"version": approved.version, "publish_at": value}, follow=True).content.decode()
    approved.refresh_from_db()
    assert approved.publish_at is None
