"""Pictures are served by us, in several widths and without metadata."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from articles.models import Guide, Picture
from articles.rendering import pictures, sanitizing
from articles.workflow import publishing, review
from recovery_site.verbs import NotAllowed
from tests.articles.admin.test_guides import change_url, form_of
from tests.articles.guides import EMERGENCY, SAFETY, approve


def photo(width=1200, height=800, kind="JPEG", **options):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, kind, **options)
    return io.BytesIO(buffer.getvalue())


def with_place():
    exif = Image.Exif()
    exif[0x010F] = "A Camera"
    exif[0x0112] = 6  # lies on its side
    return photo(exif=exif)


def add(by, file=None, **words):
    return pictures.add(file or photo(), **({"title": "A walk", "alt": "Two people walk in a park", "credit": "Own work"} | words), by=by)


def test_a_picture_is_stored_in_several_widths_without_its_metadata(edith):
    picture = add(edith, with_place())
    assert (picture.widths, picture.width, picture.height) == ([480, 800], 800, 1200)
    for width in picture.widths:
        with default_storage.open(f"guides/{picture.digest}-{width}.webp") as file:
            image = Image.open(file)
            assert (image.format, image.width) == ("WEBP", width)
            assert not image.getexif()


def test_the_same_file_is_stored_once(edith):
    assert add(edith) == add(edith, title="Again")
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "Save it as JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Save it as JPEG"),
        (b"\xff\xd8\xff\xe0 broken", "Save it as JPEG"),
    ],
)
def test_a_file_that_is_not_a_picture_is_refused_with_advice(edith, content, advice):
    with pytest.raises(pictures.BadPicture, match=advice):
        add(edith, io.BytesIO(content))


def test_a_picture_that_would_fill_the_memory_is_refused(edith, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(pictures.BadPicture, match="pixels"):
        add(edith)
    monkeypatch.setattr(pictures, "MOST_BYTES", 10)
    with pytest.raises(pictures.BadPicture, match="10 MB"):
        add(edith)


def test_only_editors_add_pictures(ada):
    with pytest.raises(NotAllowed):
        add(ada)


def test_readers_get_widths_sizes_and_alternative_texts(client, draft, edith, ruth):
    picture = add(edith)
    source = pictures.address(picture.digest, 960)
    figure = f'<figure><img src="{source}" alt="A path"><figcaption>In spring</figcaption></figure>'
    draft.body = sanitizing.clean(f"<p>a[1][2]</p>{figure}{EMERGENCY}{SAFETY}")
    draft.save()
    publishing.publish(approve(review.submit(draft, by=edith), by=ruth), by=edith)
    page = client.get("/guides/the-first-days/").content.decode()
    for words in (
        f"{picture.digest}-480.webp 480w",
        'sizes="',
        'width="1200"',
        'height="800"',
        'loading="lazy"',
        'alt="A path"',
        "Own work",
    ):
        assert words in page
    response = client.get(source)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../db.sqlite3", "..%2fdb.sqlite3", "x.webp", "0" * 32 + "-480.webp"])
def test_no_other_file_is_served(client, db, name):
    assert client.get(f"/media/guides/{name}").status_code == 404


def test_pictures_from_other_hosts_or_without_description_are_refused(client, draft, edith):
    assert "tracker" not in sanitizing.clean('<img src="https://tracker.example/x.gif" alt="x"><img src="//tracker.example/x" alt="">')
    picture = add(edith)
    client.force_login(edith)
    body = f'<figure><img src="{pictures.address(picture.digest, 960)}" alt=" "></figure>'
    page = client.post(change_url(draft), form_of(draft, body=body)).content.decode()
    assert "Say what each picture shows" in page


def test_adding_and_picking_in_the_admin(client, edith, ada, tom):
    client.force_login(edith)
    file = SimpleUploadedFile("walk.jpg", photo().getvalue(), "image/jpeg")
    words = {"title": "A walk", "alt": "Two people walk", "credit": ""}
    client.post(reverse("admin:articles_picture_add"), words | {"file": file})
    picture = Picture.objects.get()
    assert picture.added_by == edith
    page = client.get(reverse("admin:articles_picture_pick"), {"CKEditorFuncNum": "-1"}).content.decode()
    assert pictures.address(picture.digest, 1200) in page
    bad = SimpleUploadedFile("walk.jpg", b"no picture", "image/jpeg")
    assert "Save it as JPEG" in client.post(reverse("admin:articles_picture_add"), words | {"file": bad}).content.decode()
    client.post(reverse("admin:articles_picture_change", args=[picture.pk]), words | {"title": "A longer walk"})
    picture.refresh_from_db()
    assert picture.title == "A longer walk"
    for person in (ada, tom):
        client.force_login(person)
        assert client.get(reverse("admin:articles_picture_pick")).status_code == 403


def test_a_picture_in_use_is_not_deleted(client, draft, edith):
    picture = add(edith)
    Guide.objects.filter(pk=draft.pk).update(body=f'<img src="{pictures.address(picture.digest, 480)}" alt="x">')
    client.force_login(edith)
    url = reverse("admin:articles_picture_delete", args=[picture.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403
    Guide.objects.update(body="")
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()


def test_sixteen_bits_of_grey_stay_grey(edith):
    file = io.BytesIO()
    Image.new("I;16", (600, 400), 32768).save(file, "PNG")
    picture = add(edith, io.BytesIO(file.getvalue()))
    with default_storage.open(f"guides/{picture.digest}-600.webp") as stored:
        assert Image.open(stored).convert("L").getpixel((5, 5)) == pytest.approx(128, abs=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_whoever_adds_an_animation_is_told_that_it_stands_still(client, edith, kind):
    file = io.BytesIO()
    frames = [Image.new("RGB", (300, 200), colour) for colour in ("teal", "white")]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    client.force_login(edith)
    words = {"title": "A walk", "alt": "Two people walk", "credit": ""}
    for upload, told in ((file.getvalue(), True), (photo().getvalue(), False)):
        form = words | {"file": SimpleUploadedFile("walk", upload)}
        page = client.post(reverse("admin:articles_picture_add"), form, follow=True).content.decode()
        assert ("Only its first moment was kept" in page) is told


def test_a_pasted_picture_of_another_site_is_refused_by_name(client, draft, edith):
    client.force_login(edith)
    before = draft.body
    body = '<p>Tea.</p><img src="https://other.example/cup.png" alt="a cup">'
    page = client.post(change_url(draft), form_of(draft, body=body)).content.decode()
    assert "“a cup”" in page
    assert "add them under Pictures" in page
    draft.refresh_from_db()
    assert draft.body == before
    assert sanitizing.clean(body) == "<p>Tea.</p>"
