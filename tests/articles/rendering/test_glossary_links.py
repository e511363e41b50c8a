"""Glossary terms: links in guides, and their review."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from articles.models import Term
from articles.rendering import body_html
from articles.workflow import glossary_review, publishing, review
from tests.articles import guides
from tests.articles.guides import EMERGENCY, SAFETY


@pytest.fixture
def terms(db):
    return [
        read_by_visitors(slug="opioid", term="opioid", also="opioids", meaning="A drug such as heroin."),
        read_by_visitors(slug="opioid-use-disorder", term="opioid use disorder", meaning="An illness."),
    ]


def read_by_visitors(**words):
    """A loaded term, which is visible and not reviewed."""
    term = Term(**words)
    glossary_review.show(term)
    term.save()
    return term


def linked(body, terms):
    return body_html.render({"body": body, "sources": [{"number": 1}], "phases": [], "at_a_glance": []}, terms=terms).html


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
    assert body_html.parse(html).text_content() == "a opioid b opioid use disorder copioid"


def test_a_reader_finds_the_meaning(client, draft, edith, ruth, terms):
    draft.body = f"<p>An opioid.[1][2]</p>{EMERGENCY}{SAFETY}"
    draft.save()
    publishing.publish(guides.approve(review.submit(draft, by=edith), by=ruth), by=edith)
    assert 'href="/glossary/#opioid"' in client.get("/guides/the-first-days/").content.decode()
    page = client.get("/glossary/")
    assert 'id="opioid"' in page.content.decode()
    assert "A drug such as heroin." in page.content.decode()
    assert not page.cookies
    assert "A drug such as heroin." not in client.get("/es/glossary/").content.decode()


def test_only_editors_change_the_glossary(client, edith, ada, tom):
    url = reverse("admin:articles_term_add")
    data = {"language": "en", "slug": "detox", "term": "detox", "also": "", "meaning": "Care while a drug leaves the body."}
    for person, status in ((tom, 403), (ada, 403), (edith, 302)):
        client.force_login(person)
        assert client.post(url, data).status_code == status
    assert Term.objects.get().term == "detox"


def edit(client, person, stored, **changes):
    client.force_login(person)
    words = {name: getattr(stored, name) for name in ("language", "slug", "term", "also", "meaning")} | changes
    assert client.post(reverse("admin:articles_term_change", args=[stored.pk]), words).status_code == 302
    client.logout()


def approve(client, person, term, seen=""):
    """Press the approve button. Return the next page."""
    client.force_login(person)
    page = client.get(reverse("admin:articles_term_change", args=[term.pk])).content.decode()
    match = re.search(r'name="seen" value="(\w+)"', page)
    url = reverse("admin:articles_term_approve", args=[term.pk])
    answer = client.post(url, {"seen": seen or (match[1] if match else "")}, follow=True)
    client.logout()
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def glossary(client):
    return " ".join(strip_tags(client.get("/glossary/").content.decode()).split())


def test_visitors_read_a_change_only_once_a_clinician_approved_it(client, terms, edith, ruth):
    edit(client, edith, terms[0], meaning="A drug such as morphine.", also="opiates")
    assert "A drug such as heroin." in glossary(client)
    assert "morphine" not in glossary(client)
    assert "Approved" in approve(client, ruth, terms[0])
    assert "A drug such as morphine. Clinically reviewed by Ruth Romero, RN on" in glossary(client)
    assert "heroin" not in glossary(client)


def test_a_new_term_is_not_read_before_it_is_approved(client, edith, ruth):
    client.force_login(edith)
    words = {"language": "en", "slug": "detox", "term": "detox", "also": "", "meaning": "Care while a drug leaves the body."}
    client.post(reverse("admin:articles_term_add"), words)
    term = Term.objects.get()
    assert "Care while" not in glossary(client)
    assert 'class="term"' not in linked("<p>A detox.</p>", glossary_review.shown("en"))
    assert "Approved" in approve(client, ruth, term)
    assert "Care while a drug leaves the body." in glossary(client)
    assert 'class="term"' in linked("<p>A detox.</p>", glossary_review.shown("en"))


def test_guides_link_the_words_that_the_glossary_shows(client, terms, edith):
    edit(client, edith, terms[0], term="opiate", also="")
    html = linked("<p>Opioids. An opiate.</p>", glossary_review.shown("en"))
    assert ">Opioids</a>" in html
    assert ">opiate</a>" not in html


def test_nobody_approves_what_they_wrote(client, terms, edith, rafael, ruth):
    edit(client, rafael, terms[0], meaning="A drug such as morphine.")
    edit(client, edith, Term.objects.get(pk=terms[0].pk), also="opiates")
    assert "You wrote or changed this text" in approve(client, rafael, terms[0])
    assert "Only a clinical reviewer" in approve(client, edith, terms[0])
    assert "morphine" not in glossary(client)
    approve(client, ruth, terms[0])
    assert "morphine" in glossary(client)
    edit(client, edith, Term.objects.get(pk=terms[0].pk), meaning="A drug such as codeine.")
    assert "Approved" in approve(client, rafael, terms[0]), "what he wrote before was approved by another"


def test_nobody_approves_words_they_did_not_see(client, terms, edith, ruth):
    seen = glossary_review.digest(terms[0])
    edit(client, edith, terms[0], meaning="A drug such as morphine.")
    assert "after you opened it" in approve(client, ruth, terms[0], seen=seen)
    assert "morphine" not in glossary(client)


def test_a_loaded_term_can_be_approved_as_it_is(client, terms, ruth, ada, tom):
    # This is said once above the list.
    assert "Words explained Not yet clinically reviewed." in glossary(client)
    assert glossary(client).count("Not yet clinically reviewed.") == 1
    assert "Approved" in approve(client, ruth, terms[0])
    assert "Words explained Not yet clinically reviewed." not in glossary(client)
    assert glossary(client).count("Not yet clinically reviewed.") == 1
    assert "Nothing has changed" in approve(client, ruth, terms[0], seen=glossary_review.digest(terms[0]))
    client.force_login(tom)
    assert client.post(reverse("admin:articles_term_approve", args=[terms[0].pk])).status_code == 403


def test_the_list_says_which_terms_wait(client, terms, edith, ruth):
    approve(client, ruth, terms[0])
    client.force_login(edith)
    page = client.get(reverse("admin:articles_term_changelist"), {"waits__exact": "1"}).content.decode()
    assert "An illness." in page
    assert "A drug such as heroin." not in page


def test_an_editor_sees_what_visitors_read_meanwhile(client, terms, edith):
    edit(client, edith, terms[0], meaning="A drug such as morphine.")
    client.force_login(edith)
    page = client.get(reverse("admin:articles_term_change", args=[terms[0].pk])).content.decode()
    assert "Visitors still read" in page
    assert "A drug such as heroin." in page
