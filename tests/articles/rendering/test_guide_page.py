"""A guide's page comes from parts that were drawn when it was published, and never from parts that no longer hold."""

import datetime as dt

import pytest
from django.test import override_settings
from django.utils import timezone
from lxml import html

from articles.models import Guide, PublishedPage
from articles.rendering import guide_page
from articles.workflow import publishing, review

URL = "/guides/the-first-days/"


@pytest.fixture(autouse=True)
def nothing_swept(monkeypatch):
    """Housekeeping of another test has looked at other guides."""
    monkeypatch.setattr(guide_page, "_swept", None)


@pytest.fixture
def nothing_drawn(monkeypatch):
    """From here on it is an error to draw a part of a page."""

    def refuse(*_arguments):
        raise AssertionError("drawn for a reader")

    def from_now_on():
        monkeypatch.setattr(guide_page, "render_to_string", refuse)

    return from_now_on


def text(client, url=URL):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def yesterday():
    return timezone.localdate() - dt.timedelta(days=1)


def test_a_reader_gets_what_was_drawn_when_it_was_published(client, published, nothing_drawn, django_assert_num_queries):
    before = text(client)
    nothing_drawn()
    with django_assert_num_queries(1):
        assert text(client) == before
    assert "What happens first" in before


def test_what_changed_behind_the_verbs_is_drawn_for_the_reader(client, published):
    Guide.objects.filter(pk=published.pk).update(reviewed_by="Somebody Else, MD")
    page = text(client)
    assert "Somebody Else, MD" in page
    assert "Ruth Romero" not in page.split("<main", 1)[1]


def test_a_page_without_stored_parts_is_whole(client, published):
    before = text(client)
    PublishedPage.objects.all().delete()
    assert text(client) == before


def test_a_review_without_a_change_is_on_the_page_at_once(client, published, rafael, nothing_drawn):
    review.confirm_unchanged(published, by=rafael)
    nothing_drawn()
    assert "Rafael Reyes, MD" in text(client)


def test_a_page_that_lost_a_link_is_drawn_with_the_archiving(client, published, edith, ruth, nothing_drawn):
    other = Guide.objects.create(title="Naloxone saves lives", slug="naloxone", created_by=edith)
    other.related.add(published)
    publishing.publish(review.approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert "The first days without" in text(client, "/guides/naloxone/")
    published.refresh_from_db()
    publishing.archive(published, by=edith)
    nothing_drawn()
    assert "The first days without" not in text(client, "/guides/naloxone/")


def test_housekeeping_draws_what_fell_overdue(client, published, nothing_drawn, django_assert_num_queries):
    Guide.objects.filter(pk=published.pk).update(next_review_on=yesterday())
    assert "may be out of date" in text(client), "drawn for this reader"
    assert guide_page.store_stale(timezone.now()) == 1
    nothing_drawn()
    with django_assert_num_queries(1):
        assert "may be out of date" in text(client)


def test_housekeeping_looks_at_all_guides_once_a_day(published, django_assert_num_queries):
    now = timezone.now()
    assert guide_page.store_stale(now) == 0, "publishing has drawn it"
    with django_assert_num_queries(0):
        assert guide_page.store_stale(now) == 0
    review_day = dt.datetime.combine(published.next_review_on, dt.time(12), tzinfo=dt.UTC)
    assert guide_page.store_stale(review_day) == 0
    assert guide_page.store_stale(review_day + dt.timedelta(days=1)) == 1


def test_a_release_is_seen_by_browsers_and_by_housekeeping(client, published, monkeypatch):
    before = client.get(URL).headers["ETag"]
    monkeypatch.setattr(guide_page, "look_of_guides", lambda: "the next release")
    assert client.get(URL, headers={"if-none-match": before}).status_code == 200
    assert guide_page.store_stale(timezone.now()) == 1
    assert guide_page.store_stale(timezone.now()) == 0


@pytest.mark.parametrize("name", ["SITE_NAME", "SITE_URL", "COUNTRY"])
def test_what_an_operator_sets_is_on_the_page_at_once(client, published, name):
    before = client.get(URL)
    value = {"SITE_NAME": "Riverside", "SITE_URL": "https://riverside.example.org", "COUNTRY": "GB"}[name]
    with override_settings(**{name: value}):
        after = client.get(URL)
    assert {"COUNTRY": "tel:999"}.get(name, value) in after.content.decode()
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_staff_server_draws_the_visitors_addresses(client, approved, edith, nothing_drawn):
    with override_settings(ROOT_URLCONF="tests.articles.workflow.test_staff_server", SERVES_VISITORS=False):
        publishing.publish(approved, by=edith)
    nothing_drawn()
    page = html.fromstring(text(client))
    assert page.cssselect("section.guide-foot form")[0].get("action") == "/guides/the-first-days/helpful/"


def test_no_word_of_a_guide_is_taken_for_markup(client, draft, edith, ruth):
    draft.title, draft.summary = 'Less < "more" & \ue000article\ue001', "</title><script>alert(1)</script>"
    draft.save()
    publishing.publish(review.approve(review.submit(draft, by=edith), by=ruth), by=edith)
    page = html.fromstring(text(client))
    assert page.findtext(".//title").strip().startswith(draft.title)
    assert page.cssselect("meta[name=description]")[0].get("content") == draft.summary
    assert [script.get("src") for script in page.cssselect("script") if script.get("type") != "application/ld+json"] == [
        "/static/js/leave.js"
    ]


def test_the_danger_of_one_guide_is_not_said_on_another(client, published, edith, ruth):
    other = Guide.objects.create(title="Paying for treatment", slug="paying", created_by=edith)
    publishing.publish(review.approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert "can threaten life" in text(client)
    assert "can threaten life" not in text(client, "/guides/paying/")


def test_search_engines_learn_of_a_translation_and_of_its_absence(client, published, edith, ruth):
    def told():
        links = html.fromstring(text(client)).cssselect("link[hreflang]")
        return {link.get("hreflang"): link.get("href").partition("8000")[2] for link in links}

    assert told() == {}
    spanish = Guide.objects.create(language="es", slug="los-primeros-dias", title="Los primeros días", original=published, created_by=edith)
    publishing.publish(review.approve(review.submit(spanish, by=edith), by=ruth), by=edith)
    assert told() == {"en": URL, "es": "/es/guides/los-primeros-dias/", "x-default": URL}
