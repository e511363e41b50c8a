"""Translations of guides."""

import pytest
from django.urls import reverse

from articles import snapshots
from articles.models import Guide
from articles.workflow import drafts, publishing, review, translations
from recovery_site.verbs import Refused
from tests.articles.admin.test_guides import form_of
from tests.articles.guides import approve


def press(client, guide, verb, **data):
    guide.refresh_from_db()
    url = reverse("admin:articles_guide_step", args=[guide.pk, verb])
    return client.post(url, {"version": guide.version} | data, follow=True).content.decode()


def new_edition(guide, edith, ruth):
    guide.refresh_from_db()
    before = snapshots.digest_of(guide)
    guide.summary += "."
    guide.save()
    drafts.record_edit(guide, before=before, by=edith)
    return publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)


def test_a_translation_starts_as_a_copy_linked_to_its_original(client, published, emil):
    client.force_login(emil)
    assert "was started as a copy" in press(client, published, "translate", language="es")
    spanish = Guide.objects.get(language="es")
    assert (spanish.original, spanish.original_edition_seen, spanish.state) == (published, 1, "draft")
    assert spanish.body == published.body
    assert spanish.sources.count() == 2
    assert "is a translation" in press(client, published, "translate", language="es")


def test_editors_are_told_that_the_original_has_a_newer_edition(client, published, edith, ruth):
    spanish = translations.start(published, language="es", by=edith)
    client.force_login(edith)
    url = reverse("admin:articles_guide_change", args=[spanish.pk])
    assert "has a newer edition" not in client.get(url).content.decode()
    new_edition(published, edith, ruth)
    assert "has a newer edition (2) than the one this text follows (1)" in client.get(url).content.decode()
    assert "follows edition 2" in press(client, spanish, "caught-up")
    assert "has a newer edition" not in client.get(url).content.decode()


def test_catching_up_is_not_overwritten_by_an_older_form(client, published, edith, ruth):
    spanish = translations.start(published, language="es", by=edith)
    opened_before = form_of(spanish, original=published.pk, original_edition_seen=1)
    new_edition(published, edith, ruth)
    client.force_login(edith)
    press(client, spanish, "caught-up")
    url = reverse("admin:articles_guide_change", args=[spanish.pk])
    assert "Someone else changed this guide" in client.post(url, opened_before).content.decode()
    spanish.refresh_from_db()
    assert spanish.original_edition_seen == 2


def test_the_list_shows_which_translations_are_behind(client, published, edith, ruth):
    translations.start(published, language="es", by=edith)
    new_edition(published, edith, ruth)
    client.force_login(edith)
    page = client.get(reverse("admin:articles_guide_changelist"), {"behind": "yes"}).content.decode()
    assert page.count('class="field-state_badge"') == 1


def test_the_copy_is_not_published(client, published, edith):
    spanish = translations.start(published, language="es", by=edith)
    assert client.get(f"/es/guides/{spanish.slug}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_only_missing_languages_can_be_started(published, edith, language):
    with pytest.raises(Refused):
        translations.start(published, language=language, by=edith)


def guide_in(language, title, **fields):
    return Guide.objects.create(title=title, slug=title.lower().replace(" ", "-"), language=language, **fields)


def refusal(client, edith, guide, original):
    """Save `guide` as a translation of `original` and return the page."""
    client.force_login(edith)
    guide.refresh_from_db()
    url = reverse("admin:articles_guide_change", args=[guide.pk])
    page = client.post(url, form_of(guide, original=original.pk), follow=True).content.decode()
    guide.refresh_from_db()
    return page if guide.original_id != original.pk else ""


def test_only_a_guide_of_another_language_is_an_original(client, published, edith):
    other = guide_in("en", "Other")
    assert "It must be in another language" in refusal(client, edith, other, published)
    assert "It must be in another language" in refusal(client, edith, other, other)


def test_a_translation_can_not_be_an_original(client, published, edith):
    spanish = guide_in("es", "En casa", original=published)
    assert "is itself a translation. Choose the guide it was made from" in refusal(client, edith, guide_in("en", "Other"), spanish)


def test_an_original_does_not_become_a_translation(client, published, edith):
    guide_in("es", "En casa", original=published)
    assert "Other guides are translations of this one" in refusal(client, edith, published, guide_in("es", "Otra"))


def test_there_is_one_translation_per_language(client, published, edith):
    first, second = guide_in("es", "En casa"), guide_in("es", "Otra")
    assert refusal(client, edith, first, published) == ""
    assert "“En casa” is its translation into this language already" in refusal(client, edith, second, published)
    assert refusal(client, edith, first, published) == "", "the one that is there can be saved again"


def test_an_original_does_not_take_the_language_of_its_translation(client, edith):
    original = guide_in("en", "At home", created_by=edith)
    guide_in("es", "En casa", original=original)
    client.force_login(edith)
    url = reverse("admin:articles_guide_change", args=[original.pk])
    assert "A translation of this guide is in this language" in client.post(url, form_of(original, language="es")).content.decode()


def test_search_engines_are_never_led_to_another_guide_of_the_same_language(client, published, edith, ruth):
    for guide in (
        guide_in("es", "En casa", original=published, created_by=edith),
        guide_in("en", "Other", original=published, created_by=edith),
    ):
        publishing.publish(approve(review.submit(guide, by=edith), by=ruth), by=edith)
    head = client.get("/guides/the-first-days/").content.decode().split("</head>")[0]
    assert 'hreflang="es"' in head
    assert "/guides/other/" not in head
