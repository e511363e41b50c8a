"""What a visitor finds at a guide's address."""

import datetime as dt

import pytest
from django.utils import timezone

from articles.models import Edition, Guide
from articles.workflow import publishing, review

URL = "/guides/the-first-days/"


def text(client, url=URL, **kwargs):
    return client.get(url, **kwargs).content.decode()


def test_a_guide_shows_what_a_reader_needs_to_trust_it(client, published):
    page = text(client)
    for words in (
        "The first days without",
        "Clinically reviewed",
        "Ruth Romero, RN",
        "A study of first days",
        "edition 1",
        "Next review by",
        "Talk to someone",
    ):
        assert words in page
    assert 'href="#source-1"' in page
    assert 'id="source-1"' in page
    assert 'href="#s-what-helps"' in page
    assert 'id="s-what-helps"' in page
    assert "style=" not in page
    assert "<style" not in page


def test_a_page_is_one_query(client, published, django_assert_num_queries):
    client.get(URL)
    with django_assert_num_queries(1):
        client.get(URL)


def test_reading_leaves_no_cookie_and_may_be_cached(client, published):
    response = client.get(URL)
    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_second_look_is_answered_without_rendering(client, published, monkeypatch):
    first = client.get(URL)
    monkeypatch.setattr("articles.rendering.guide_page.page", None)
    again = client.get(URL, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(URL, headers={"if-modified-since": first.headers["Last-Modified"]}).status_code == 304


def test_a_guide_over_its_date_says_so_even_to_a_browser_that_kept_it(client, published):
    before = client.get(URL).headers["ETag"]
    Guide.objects.filter(pk=published.pk).update(next_review_on=timezone.localdate() - dt.timedelta(days=1))
    response = client.get(URL, headers={"if-none-match": before})
    assert response.status_code == 200
    assert "may be out of date" in response.content.decode()


def test_an_old_address_leads_to_the_new_one(client, published, edith, ruth):
    published.slug = "the-first-week"
    published.state = Guide.State.DRAFT
    published.save()
    guide = review.approve(review.submit(published, by=edith), by=ruth)
    assert client.get(URL).status_code == 200, "the draft's new address isn't public yet"
    assert client.get("/guides/the-first-week/").status_code == 404
    publishing.publish(guide, by=edith)
    response = client.get(URL)
    assert (response.status_code, response.headers["Location"]) == (301, "/guides/the-first-week/")


def test_an_archived_guide_is_gone(client, published, edith):
    publishing.archive(published, by=edith)
    assert client.get(URL).status_code == 410
    assert "The first days" not in text(client, "/guides/")


@pytest.mark.parametrize("url", [URL, "/guides/", "/"])
def test_a_draft_never_reaches_a_visitor(client, draft, url):
    assert "first days" not in text(client, url)


def test_changing_the_working_copy_changes_nothing_for_readers(client, published):
    before = text(client)
    Guide.objects.filter(pk=published.pk).update(title="Unfinished", body="<p>Half a sentence</p>", summary="?", contact_text="?")
    assert text(client) == before
    assert "Unfinished" not in text(client, "/guides/")


def test_each_language_has_its_own_address(client, published, edith, ruth):
    spanish = Guide.objects.create(language="es", slug="los-primeros-dias", title="Los primeros días", original=published, created_by=edith)
    publishing.publish(review.approve(review.submit(spanish, by=edith), by=ruth), by=edith)
    assert client.get("/guides/los-primeros-dias/").status_code == 404
    page = client.get("/es/guides/los-primeros-dias/")
    assert page.headers["Content-Language"] == "es"
    assert "/guides/the-first-days/" in page.content.decode()
    assert 'hreflang="es"' in text(client)
    assert "/es/guides/los-primeros-dias/" in text(client)


def test_related_guides_appear_when_they_are_live(client, published, edith, ruth):
    other = Guide.objects.create(title="Naloxone saves lives", slug="naloxone", created_by=edith)
    other.related.add(published)
    publishing.publish(review.approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert "The first days without" in text(client, "/guides/naloxone/")
    published.refresh_from_db()
    publishing.archive(published, by=edith)
    assert "The first days without" not in text(client, "/guides/naloxone/")


def test_the_list_is_narrowed_by_topic(client, published):
    assert "The first days without" in text(client, "/guides/?substance=heroin&stage=withdrawal&reader=self")
    assert "The first days without" not in text(client, "/guides/?substance=alcohol")
    assert "The first days without" in text(client, "/guides/?substance=nonsense&page=99")
    assert Edition.objects.live().count() == 1
