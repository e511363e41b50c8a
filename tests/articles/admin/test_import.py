"""Importing a document in the admin."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Comment, Guide

TWIN = Path(__file__).parents[2] / "data" / "heroin-withdrawal-twin.txt"


def send(client, content, name="document.txt"):
    url = reverse("admin:articles_guide_import")
    return client.post(url, {"language": "en", "document": SimpleUploadedFile(name, content)}, follow=True)


def test_an_editor_imports_a_document(client, edith):
    client.force_login(edith)
    assert "Import a document" in client.get(reverse("admin:articles_guide_changelist")).content.decode()
    page = send(client, TWIN.read_bytes(), "heroin.txt").content.decode()
    guide = Guide.objects.get()
    assert (guide.state, guide.created_by, guide.live_edition) == ("draft", edith, None)
    assert guide.title in page
    assert "<h2>" in guide.body
    assert guide.contact_text
    assert "was not sure about this" in Comment.objects.get().text
    assert "words in the file" in Comment.objects.get().text
    assert client.get(f"/guides/{guide.slug}/").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "advice"), [(b"\x89PNG\r\n", "x.png", "an image"), (b"a\xff\xfeb", "x.txt", "UTF-8"), (b" ", "x.txt", "empty")]
)
def test_a_file_that_is_not_a_document_is_refused_and_nothing_is_stored(client, edith, content, name, advice):
    client.force_login(edith)
    page = send(client, content, name).content.decode()
    assert "This file can’t become a guide" in page
    assert advice in page
    assert not Guide.objects.exists()


def test_a_text_in_another_language_than_the_chosen_one_is_doubted(client, edith):
    client.force_login(edith)
    send(client, "Dejar de fumar\n\nEs difícil, pero se puede. El cuerpo pide la droga que tomaba cada día, y por eso cuesta.".encode())
    assert "The text looks Spanish, but it was imported as English." in Comment.objects.get().text


def test_only_editors_import(client, ada, tom):
    for person in (ada, tom):
        client.force_login(person)
        assert send(client, b"Title\n\nText.").status_code == 403
    assert not Guide.objects.exists()
