"""Guides in two languages know of each other."""

import pytest
from django.urls import reverse

from articles import drafts, editions, review, snapshots, translations
from articles.models import Guide


def press(client, guide, verb, **data):
    guide.refresh_from_db()
    url = reverse("admin:articles_guide_step", args=[guide.pk, verb])
    return client.post(url, {"version": guide.version} | data, follow=True).content.decode()


def new_edition(guide, edda, ruth):
    guide.refresh_from_db()
    before = snapshots.digest_of(guide)
    guide.summary += "."
    guide.save()
    drafts.changed(guide, before=before, by=edda)
    return editions.publish(review.approve(review.submit(guide, edda), ruth), edda)


def test_a_translation_starts_as_a_copy_and_is_tied_to_its_original(client, published, emil):
    client.force_login(emil)
    assert "was started as a copy" in press(client, published, "translate", language="es")
    spanish = Guide.objects.get(language="es")
    assert (spanish.original, spanish.original_edition_seen, spanish.state) == (published, 1, "draft")
    assert spanish.body == published.body
    assert spanish.sources.count() == 2
    assert "is a translation" in press(client, published, "translate", language="es")


def test_editors_are_told_that_the_original_has_a_newer_edition(client, published, edda, ruth):
    spanish = translations.start(published, "es", edda)
    client.force_login(edda)
    url = reverse("admin:articles_guide_change", args=[spanish.pk])
    assert "has a newer edition" not in client.get(url).content.decode()
    new_edition(published, edda, ruth)
    assert "has a newer edition (2) than the one this text follows (1)" in client.get(url).content.decode()
    assert "follows edition 2" in press(client, spanish, "caught-up")
    assert "has a newer edition" not in client.get(url).content.decode()


def test_the_list_shows_which_translations_are_behind(client, published, edda, ruth):
    translations.start(published, "es", edda)
    new_edition(published, edda, ruth)
    client.force_login(edda)
    page = client.get(reverse("admin:articles_guide_changelist"), {"behind": "yes"}).content.decode()
    assert page.count('class="field-state_badge"') == 1


def test_the_copy_is_no_publication(client, published, edda):
    spanish = translations.start(published, "es", edda)
    assert client.get(f"/es/guides/{spanish.slug}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_only_into_a_language_that_is_missing(published, edda, language):
    with pytest.raises(review.NotReady):
        translations.start(published, language, edda)
