"""Words that a reader may not know lead to their meaning."""

import pytest
from django.urls import reverse

from articles import editions, rendering, review
from articles.models import Term


@pytest.fixture
def terms(db):
    return [
        Term.objects.create(slug="opioid", term="opioid", also="opioids", meaning="A drug such as heroin."),
        Term.objects.create(slug="opioid-use-disorder", term="opioid use disorder", meaning="An illness."),
    ]


def linked(body, terms):
    return rendering.render({"body": body, "sources": [{"number": 1}], "phases": []}, terms=terms).html


def test_the_first_use_of_each_term_is_linked_and_the_longest_wins(terms):
    html = linked("<p>Opioid use disorder. Opioids[1] and opioids.</p><p>An opioid.</p>", terms)
    assert html.count('class="term"') == 2
    assert '<a href="/glossary/#opioid-use-disorder" class="term">Opioid use disorder</a>' in html
    assert '<a href="/glossary/#opioid" class="term">Opioids</a><sup' in html


def test_headings_links_titles_and_parts_of_words_stay(terms):
    body = (
        "<h2>Opioids</h2><p><a href='/x/'>opioids</a> non-opioid opioidlike</p>"
        "<aside class='callout callout-family'><p class='callout-title'>Opioids</p></aside>"
    )
    assert 'class="term"' not in linked(body, terms)


def test_the_words_stay_in_their_order(terms):
    html = linked("<p>a opioid b <strong>opioid use disorder</strong> c</p><ul><li>opioid</li></ul>", terms)
    assert rendering.parse(html).text_content() == "a opioid b opioid use disorder copioid"


def test_a_reader_finds_the_meaning(client, draft, edda, ruth, terms):
    draft.body = "<p>An opioid.[1][2]</p>"
    draft.save()
    editions.publish(review.approve(review.submit(draft, edda), ruth), edda)
    assert 'href="/glossary/#opioid"' in client.get("/guides/the-first-days/").content.decode()
    page = client.get("/glossary/")
    assert 'id="opioid"' in page.content.decode()
    assert "A drug such as heroin." in page.content.decode()
    assert not page.cookies
    assert "A drug such as heroin." not in client.get("/es/glossary/").content.decode()


def test_editors_keep_the_glossary_and_others_do_not(client, edda, ada, tom):
    url = reverse("admin:articles_term_add")
    data = {"language": "en", "slug": "detox", "term": "detox", "also": "", "meaning": "Care while a drug leaves the body."}
    for person, status in ((tom, 403), (ada, 403), (edda, 302)):
        client.force_login(person)
        assert client.post(url, data).status_code == status
    assert Term.objects.get().term == "detox"
