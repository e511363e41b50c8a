"""A guide's page shows what holds now: the edition, its review, its links, and what the operator set."""

import datetime as dt

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone
from lxml import html

from articles.models import Guide
from articles.workflow import publishing, review
from tests.articles.guides import approve, confirm_unchanged

URL = "/guides/the-first-days/"


def text(client, url=URL):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_review_corrected_behind_the_verbs_is_on_the_page_at_once(client, published):
    Guide.objects.filter(pk=published.pk).update(reviewed_by="Somebody Else, MD")
    page = text(client)
    assert "Somebody Else, MD" in page
    assert "Ruth Romero" not in page.split("<main", 1)[1]


def test_a_review_without_a_change_is_on_the_page_at_once(client, published, rafael):
    before = client.get(URL).headers["ETag"]
    confirm_unchanged(published, by=rafael)
    assert "Rafael Reyes, MD" in text(client)
    assert client.get(URL, headers={"if-none-match": before}).status_code == 200


def test_a_correction_is_seen_within_twenty_seconds(client, published, edith, ruth, settings):
    settings.PAGE_CACHE_SECONDS = 10
    begin = timezone.now()
    with time_machine.travel(begin, tick=False) as clock:
        assert "cold sweats" in text(client)
        published.body = published.body.replace("cold sweats", "gooseflesh")
        published.state = Guide.State.DRAFT
        published.save()
        publishing.publish(approve(review.submit(published, by=edith), by=ruth), by=edith)
        clock.shift(9.9)
        last_old_copy = client.get(URL)
        assert "cold sweats" in last_old_copy.content.decode(), "the proxy in front may fetch this one"
        clock.shift(0.2)
        assert "gooseflesh" in text(client)
    assert 10 + int(last_old_copy.headers["X-Accel-Expires"]) <= 20


def test_a_guides_page_is_one_query(client, published, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 10
    client.get(URL)  # the centre's phone in the foot is read once a minute, supply alerts once in ten seconds
    with django_assert_num_queries(1):
        client.get(f"{URL}?again")


def test_a_guide_falls_overdue_by_the_calendar_alone(client, published):
    before = client.get(URL)
    review_day = dt.datetime.combine(published.next_review_on, dt.time(12), tzinfo=dt.UTC)
    with time_machine.travel(review_day):
        assert "may be out of date" not in text(client)
    with time_machine.travel(review_day + dt.timedelta(days=1)):
        after = client.get(URL, headers={"if-none-match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "may be out of date" in after.content.decode()


def test_a_browser_sees_a_page_with_another_layout_after_a_release(client, published, settings, tmp_path):
    before = client.get(URL).headers["ETag"]
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "guide.html").write_text("<!doctype html><h1>{{ edition.title }}</h1>")
    [templates] = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]
    assert client.get(URL, headers={"if-none-match": before}).status_code == 200


@pytest.mark.parametrize("name", ["SITE_NAME", "SITE_URL", "COUNTRY"])
def test_what_an_operator_sets_is_on_the_page_at_once(client, published, name):
    before = client.get(URL)
    value = {"SITE_NAME": "Riverside", "SITE_URL": "https://riverside.example.org", "COUNTRY": "GB"}[name]
    with override_settings(**{name: value}):
        after = client.get(URL)
    assert {"COUNTRY": "tel:999"}.get(name, value) in after.content.decode()
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_guide_published_on_a_staff_server_has_the_visitors_addresses(client, approved, edith):
    with override_settings(ROOT_URLCONF="tests.articles.workflow.test_staff_server", SERVES_VISITORS=False):
        publishing.publish(approved, by=edith)
    page = html.fromstring(text(client))
    assert page.cssselect("section.guide-foot form")[0].get("action") == "/guides/the-first-days/helpful/"


def test_no_word_of_a_guide_is_taken_for_markup(client, draft, edith, ruth):
    draft.title, draft.summary = 'Less < "more" & \ue000article\ue001', "</title><script>alert(1)</script>"
    draft.save()
    publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
    page = html.fromstring(text(client))
    assert page.findtext(".//title").strip().startswith(draft.title)
    assert page.cssselect("meta[name=description]")[0].get("content") == draft.summary
    assert [script.get("src") for script in page.cssselect("script") if script.get("type") != "application/ld+json"] == [
        "/static/js/leave.js"
    ]


def test_the_danger_of_one_guide_is_not_said_on_another(client, published, edith, ruth):
    other = Guide.objects.create(title="Paying for treatment", slug="paying", created_by=edith)
    publishing.publish(approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert "can threaten life" in text(client)
    assert "can threaten life" not in text(client, "/guides/paying/")


def test_search_engines_learn_of_a_translation_and_of_its_absence(client, published, edith, ruth):
    def told():
        links = html.fromstring(text(client)).cssselect("link[hreflang]")
        return {link.get("hreflang"): link.get("href").partition("8000")[2] for link in links}

    assert told() == {}
    spanish = Guide.objects.create(language="es", slug="los-primeros-dias", title="Los primeros días", original=published, created_by=edith)
    publishing.publish(approve(review.submit(spanish, by=edith), by=ruth), by=edith)
    assert told() == {"en": URL, "es": "/es/guides/los-primeros-dias/", "x-default": URL}
