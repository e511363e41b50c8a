"""The public page of a guide."""

import datetime as dt

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Edition, Guide
from articles.workflow import publishing, review, starter_library
from tests.articles.guides import approve

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


def test_reading_leaves_no_cookie_and_may_be_cached(client, published):
    response = client.get(URL)
    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_browser_that_has_the_page_gets_no_bytes_of_it(client, published):
    first = client.get(URL)
    again = client.get(URL, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(URL, headers={"if-modified-since": first.headers["Last-Modified"]}).status_code == 304


def test_an_overdue_guide_says_so_even_to_a_browser_that_cached_it(client, published):
    before = client.get(URL).headers["ETag"]
    Guide.objects.filter(pk=published.pk).update(next_review_on=timezone.localdate() - dt.timedelta(days=1))
    response = client.get(URL, headers={"if-none-match": before})
    assert response.status_code == 200
    assert "may be out of date" in response.content.decode()


def test_an_old_address_leads_to_the_new_one(client, published, edith, ruth):
    published.slug = "the-first-week"
    published.state = Guide.State.DRAFT
    published.save()
    guide = approve(review.submit(published, by=edith), by=ruth)
    assert client.get(URL).status_code == 200, "the draft's new address isn't public yet"
    assert client.get("/guides/the-first-week/").status_code == 404
    publishing.publish(guide, by=edith)
    response = client.get(URL)
    assert (response.status_code, response.headers["Location"]) == (301, "/guides/the-first-week/")


def test_an_archived_guide_is_gone(client, published, edith):
    publishing.archive(published, by=edith, reason="outdated")
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
    publishing.publish(approve(review.submit(spanish, by=edith), by=ruth), by=edith)
    assert client.get("/guides/los-primeros-dias/").status_code == 404
    page = client.get("/es/guides/los-primeros-dias/")
    assert page.headers["Content-Language"] == "es"
    assert "/guides/the-first-days/" in page.content.decode()
    assert 'hreflang="es"' in text(client)
    assert "/es/guides/los-primeros-dias/" in text(client)


def test_related_guides_appear_when_they_are_live(client, published, edith, ruth):
    other = Guide.objects.create(title="Water and rest", slug="water-and-rest", created_by=edith)
    other.related.add(published)
    publishing.publish(approve(review.submit(other, by=edith), by=ruth), by=edith)
    assert "The first days without" in text(client, "/guides/water-and-rest/")
    published.refresh_from_db()
    publishing.archive(published, by=edith, reason="outdated")
    assert "The first days without" not in text(client, "/guides/water-and-rest/")


def test_the_list_is_narrowed_by_topic(client, published):
    assert "The first days without" in text(client, "/guides/?substance=heroin&stage=withdrawal&reader=self")
    assert "The first days without" not in text(client, "/guides/?substance=alcohol")
    assert "The first days without" in text(client, "/guides/?substance=nonsense&page=99")
    assert Edition.objects.live().count() == 1


def load(*keys):
    """Publish the starter guides with these keys."""
    starter_library.load([guide for guide in starter_library.read_all() if guide.key[1] in keys])


@pytest.mark.django_db
def test_the_list_is_in_groups_by_need_and_the_home_page_begins_with_overdose(client):
    keys = [
        "alcohol-withdrawal",
        "helping-someone-you-love",
        "naloxone-and-overdose",
        "paying-for-treatment",
        "levels-of-care",
        "your-first-call",
    ]
    starter_library.load([guide for guide in starter_library.read_all() if guide.key[0] == "en" and guide.key[1] in keys])
    page = html.fromstring(client.get("/guides/").content)
    groups = {
        group.cssselect("h2")[0].text_content().strip(): [link.get("href").split("/")[2] for link in group.cssselect("a")]
        for group in page.cssselect("main .group")
    }
    assert groups == {
        "In danger": ["naloxone-and-overdose"],
        "Stopping": ["alcohol-withdrawal"],
        "Treatment": ["levels-of-care"],
        "For family and friends": ["helping-someone-you-love"],
        "Money and rights": ["paying-for-treatment"],
        "First steps, and staying well": ["your-first-call"],
    }
    home = html.fromstring(client.get("/").content)
    assert home.cssselect("main .rows a")[0].get("href") == "/guides/naloxone-and-overdose/"


@pytest.mark.django_db
def test_the_guide_on_overdoses_shows_its_steps(client):
    starter_library.load(
        [guide for guide in starter_library.read_all() if guide.key[1] in ("naloxone-and-overdose", "naloxona-y-sobredosis")]
    )
    for path, first in (("/guides/naloxone-and-overdose/", "Call 911"), ("/es/guides/naloxona-y-sobredosis/", "Llamar al 911")):
        steps = html.fromstring(client.get(path).content).cssselect(".picture-steps li")
        assert len(steps) == 4
        assert steps[0].text_content().strip() == first
        assert steps[0].cssselect("a")[0].get("href") == "tel:911"


def choices(client, path, name):
    return [option.get("value") for option in html.fromstring(client.get(path).content).cssselect(f"#filter-{name} option")]


def test_a_filter_offers_only_what_is_there(client, published):
    assert choices(client, "/guides/", "substance") == ["", "heroin"]
    assert choices(client, "/es/guides/", "substance") == []
    search = html.fromstring(client.get("/search/?q=first").content)
    assert [option.get("value") for option in search.cssselect("#topic option")] == [
        "",
        "substance:heroin",
        "stage:withdrawal",
        "reader:self",
    ]


def test_a_choice_without_a_guide_is_shown_and_counted(client, published):
    one = html.fromstring(client.get("/guides/?substance=nicotine").content)
    assert "There is no guide for this choice yet." in one.text_content()
    assert one.cssselect("#filter-substance option[selected]")[0].get("value") == "nicotine"
    two = client.get("/guides/?substance=nicotine&stage=withdrawal").content.decode()
    assert "No guide fits all of these choices. Take one of them back to see more." in two
    unknown = client.get("/guides/?substance=chocolate").content.decode()
    assert "The first days without" in unknown, "an unknown code narrows nothing"


def test_the_list_takes_two_queries(client, published, django_assert_num_queries):
    client.get("/about/")
    with django_assert_num_queries(2):
        client.get("/guides/?substance=heroin")
