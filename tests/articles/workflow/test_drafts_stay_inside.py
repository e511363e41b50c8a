"""Drafts never reach visitors, by any route."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import get_resolver, reverse
from django.utils import timezone

from articles import snapshots
from articles.models import Guide
from articles.workflow import drafts, publishing, review, share_links
from tests.articles.guides import approve

SECRET = "Unpublished words"
URL = "/guides/the-first-days/"


@pytest.fixture
def changed(published, edith):
    """A published guide whose working copy differs in every field."""
    before = snapshots.digest_of(published)
    for name in ("title", "summary", "content_note", "contact_heading", "contact_text"):
        setattr(published, name, f"{SECRET} {name}")
    published.body = f"<h2>{SECRET}</h2><p>{SECRET}</p>"
    published.at_a_glance = [{"label": SECRET, "text": SECRET}]
    published.slug = "unpublished-words"
    published.save()
    published.sources.update(title=SECRET)
    published.phases.update(title=SECRET)
    drafts.record_edit(published, before=before, by=edith)
    return published


def read(client, url, **headers):
    return client.get(url, headers=headers).content.decode()


def test_not_through_its_address(client, changed):
    page = read(client, URL)
    assert "The first days without" in page
    assert SECRET not in page


def test_not_through_the_address_it_will_have(client, changed):
    assert client.get("/guides/unpublished-words/").status_code == 404


def test_not_through_a_cache_that_a_signed_in_editor_warmed(client, changed, edith):
    cache.clear()
    client.force_login(edith)
    preview = client.get(reverse("admin:articles_guide_preview", args=[changed.pk]))
    assert SECRET in preview.content.decode()
    assert "no-store" in preview.headers["Cache-Control"]
    assert "ETag" not in preview.headers
    read(client, URL)
    client.logout()
    assert SECRET not in read(client, URL)


def test_not_through_a_validator(client, changed, edith):
    etag = client.get(URL).headers["ETag"]
    assert client.get(URL, headers={"if-none-match": etag}).status_code == 304


def test_not_through_every_other_page_visitors_have(client, changed):
    """All URLs without arguments: lists, the front page, feeds, sitemaps, search."""
    names = {name for names in all_routes() for name in names}
    assert "/guides/" in names
    for url in sorted(names):
        for address in (url, f"{url}?q=Unpublished", f"/es{url}"):
            assert SECRET not in read(client, address), address


def all_routes():
    def walk(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                if not route.startswith("admin/"):
                    yield from walk(pattern.url_patterns, route)
            elif "<" not in route and "(" not in route:
                yield [f"/{route}"]

    return list(walk(get_resolver().url_patterns))


@pytest.mark.parametrize("page", ["change", "preview", "compare", "history"])
def test_not_through_the_staff_pages(client, changed, tom, page):
    url = reverse(f"admin:articles_guide_{page}", args=[changed.pk])
    assert SECRET not in read(client, url)
    client.force_login(tom)
    assert client.get(url).status_code == 403


def test_a_share_link_shows_the_draft_and_forbids_caching(client, changed, edith):
    _link, token = share_links.make_link(changed, by=edith)
    response = client.get(f"/preview/{token}/")
    page = response.content.decode()
    assert SECRET in page
    assert "This is a draft" in page
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'content="noindex, nofollow"' in page
    assert not response.cookies


def test_not_through_a_link_that_expired(client, changed, edith):
    _link, token = share_links.make_link(changed, by=edith, now=timezone.now() - dt.timedelta(days=8))
    response = client.get(f"/preview/{token}/")
    assert response.status_code == 404
    assert SECRET not in response.content.decode()
    assert "does not work any more" in response.content.decode()


def test_not_through_a_link_that_was_withdrawn(client, changed, edith):
    link, token = share_links.make_link(changed, by=edith)
    share_links.withdraw(link, by=edith)
    assert client.get(f"/preview/{token}/").status_code == 404


def test_not_through_a_guessed_link_or_what_the_database_holds(client, changed, edith):
    link, token = share_links.make_link(changed, by=edith)
    for guess in (link.token_digest, token[:-1], "x", str(link.pk)):
        assert client.get(f"/preview/{guess}/").status_code == 404


def test_not_through_an_old_address(client, published, edith, ruth):
    before = snapshots.digest_of(published)
    published.slug = "the-first-week"
    published.save()
    drafts.record_edit(published, before=before, by=edith)
    published.refresh_from_db()
    publishing.publish(approve(review.submit(published, by=edith), by=ruth), by=edith)
    Guide.objects.filter(pk=published.pk).update(title=SECRET, body=SECRET)
    response = client.get(URL, follow=True)
    assert response.redirect_chain == [("/guides/the-first-week/", 301)]
    assert SECRET not in response.content.decode()


def test_not_through_an_archived_guide(client, changed, edith):
    changed.refresh_from_db()
    publishing.archive(changed, by=edith, reason="outdated")
    response = client.get(URL)
    assert response.status_code == 410
    assert SECRET not in response.content.decode()


def test_not_through_a_guide_that_relates_to_it(client, changed, edith, ruth):
    other = Guide.objects.create(title="Other", slug="other", created_by=edith)
    other.related.add(changed)
    publishing.publish(approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert SECRET not in read(client, "/guides/other/")
