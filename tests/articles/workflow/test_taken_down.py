"""A guide that is taken off the site says why, and what to read instead."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from lxml import html

from articles.models import Guide
from articles.workflow import publishing, review
from recovery_site.verbs import Refused
from tests.articles.guides import approve, sourced

URL = "/guides/the-first-days/"


@pytest.fixture
def newer(published, edith, ruth) -> Guide:
    """Another guide that visitors can read."""
    guide = sourced("The first week", "the-first-week", created_by=edith)
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    return Guide.objects.get(pk=guide.pk)


def words(client):
    answer = client.get(URL)
    assert answer.status_code == 410
    return " ".join(strip_tags(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("outdated", "because it was out of date"),
        ("correcting", "It will come back when it is right"),
        ("not_offered", "is no longer offered"),
    ],
)
def test_its_address_says_why_in_plain_words(client, published, edith, reason, said):
    publishing.archive(published, by=edith, reason=reason, note="The clinic it names has closed.")
    assert said in words(client)
    assert "The clinic it names has closed." in words(client)
    assert "out of date or another guide" not in words(client)


def test_it_leads_to_what_took_its_place_by_a_link(client, published, newer, edith):
    publishing.archive(published, by=edith, reason="replaced", successor=newer)
    page = html.fromstring(client.get(URL).content)
    assert page.cssselect("main a[href='/guides/the-first-week/']")[0].text == "The first week"
    assert "another guide takes its place" in words(client)


def test_or_at_once(client, published, newer, edith):
    publishing.archive(published, by=edith, reason="replaced", successor=newer, redirect=True)
    answer = client.get(URL)
    assert (answer.status_code, answer.headers["Location"]) == (301, "/guides/the-first-week/")


def test_when_the_other_guide_goes_too_nobody_is_led_in_circles(client, published, newer, edith):
    publishing.archive(published, by=edith, reason="replaced", successor=newer, redirect=True)
    publishing.archive(newer, by=edith, reason="outdated")
    assert "takes its place" in words(client)
    assert client.get("/guides/the-first-week/").status_code == 410


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"reason": ""}, "Say why"),
        ({"reason": "because"}, "Say why"),
        ({"reason": "replaced"}, "Choose the guide to read instead"),
        ({"reason": "outdated", "redirect": True}, "Choose the guide to read instead"),
    ],
)
def test_edith_has_to_say_why(published, edith, given, refusal):
    with pytest.raises(Refused, match=refusal):
        publishing.archive(published, by=edith, **given)
    assert Guide.objects.live().count() == 1


def test_a_draft_a_guide_in_another_language_or_itself_cannot_take_its_place(published, newer, edith):
    Guide.objects.filter(pk=newer.pk).update(language="es")
    draft = sourced("A draft", "a-draft", created_by=edith)
    for other in (Guide.objects.get(pk=newer.pk), draft, published):
        with pytest.raises(Refused, match="in the same language"):
            publishing.archive(published, by=edith, reason="replaced", successor=other)


def test_the_editor_chooses_all_of_it_on_the_page_of_the_guide(client, published, newer, edith):
    client.force_login(edith)
    editor = reverse("admin:articles_guide_change", args=[published.pk])
    form = html.fromstring(client.get(editor).content).cssselect(".take-off form")[0]
    assert [radio.get("value") for radio in form.cssselect("[name=because]")] == ["outdated", "correcting", "replaced", "not_offered"]
    assert [option.text for option in form.cssselect("option")] == ["No other guide", "The first week"]
    data = {"version": published.version, "because": "replaced", "note": "See there.", "successor": newer.pk}
    assert "Taken off the site" in client.post(form.get("action"), data, follow=True).content.decode()
    assert "See there." in words(client)
    assert "Another guide took its place – See there. – The first week" in client.get(editor).content.decode()


def test_published_again_it_says_nothing_of_it(client, published, newer, edith, ruth):
    publishing.archive(published, by=edith, reason="replaced", successor=newer, redirect=True)
    guide = Guide.objects.get(pk=published.pk)
    publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    assert client.get(URL).status_code == 200
    guide.refresh_from_db()
    assert (guide.gone_because, guide.gone_to, guide.gone_redirects) == ("", None, False)
