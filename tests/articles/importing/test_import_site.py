"""manage.py import_site: a WordPress site is moved, with its pictures and old addresses, and nothing of its visitors."""

import io
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from articles.importing import site_export
from articles.importing.document import UnreadableDocument
from articles.importing.site_topics import topics_of
from articles.models import Comment, Guide, OldAddress, Picture

pytestmark = pytest.mark.django_db

NAMESPACES = (
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"'
)
UPLOADS = "https://clinic.example/wp-content/uploads"


def export(*items: str, prolog: str = "") -> str:
    channel = f"<channel><wp:base_blog_url>https://clinic.example</wp:base_blog_url>{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<rss version="2.0" {NAMESPACES}>{channel}</rss>'


def post(title: str, path: str, content: str, *, kind: str = "post", status: str = "publish", more: str = "") -> str:
    name = path.strip("/").rpartition("/")[2]
    return (
        f"<item><title>{title}</title><link>https://clinic.example{path}</link><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:post_id>7</wp:post_id><wp:post_name>{name}</wp:post_name><wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>{more}</item>"
    )


def attachment(number: int, name: str, alt: str = "") -> str:
    meta = (
        f"<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>{alt}</wp:meta_value></wp:postmeta>" if alt else ""
    )
    return (
        f"<item><title>{name}</title><wp:post_id>{number}</wp:post_id><wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>"
        f"<wp:attachment_url>{UPLOADS}/{name}</wp:attachment_url>{meta}</item>"
    )


COMMENT = "<wp:comment><wp:comment_content><![CDATA[I quit cold turkey!]]></wp:comment_content></wp:comment>"
KRATOM = post(
    "Coming off kratom",
    "/2019/05/coming-off-kratom/",
    'Kratom is a plant.\n\nSee <a href="https://clinic.example/2018/01/sleep/">sleep</a>.\n\n'
    f'<img src="{UPLOADS}/2019/05/cup-300x200.png" alt="">'
    "\n<h2>Signs</h2>\nPoor sleep.",
    more='<category domain="category"><![CDATA[Opioid Withdrawal]]></category><category domain="category"><![CDATA[News]]></category>'
    f"<excerpt:encoded>What the first days are like.</excerpt:encoded>{COMMENT}",
)


@pytest.fixture
def media(tmp_path) -> Path:
    """A copy of the old site's uploads, with one picture."""
    folder = tmp_path / "uploads" / "2019" / "05"
    folder.mkdir(parents=True)
    Image.new("RGB", (600, 400), "green").save(folder / "cup.png")
    return tmp_path / "uploads"


def move(folder: Path, text: str, *arguments: object) -> str:
    path = folder / "export.xml"
    path.write_text(text)
    out = StringIO()
    call_command("import_site", str(path), *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_published_post_becomes_a_draft_with_its_address_topics_and_picture(tmp_path, media):
    move(tmp_path, export(KRATOM, attachment(8, "2019/05/cup.png", "A cup of tea")), "--media", media)
    guide = Guide.objects.get()
    assert (guide.title, guide.slug, guide.state, guide.summary) == (
        "Coming off kratom",
        "coming-off-kratom",
        Guide.State.DRAFT,
        "What the first days are like.",
    )
    assert (guide.substances, guide.stages) == (["opioids"], ["withdrawal"])
    assert guide.body.startswith('<p>Kratom is a plant.</p><p>See <a href="/2018/01/sleep/">sleep</a>.</p><figure><img src="/media/guides/')
    assert guide.body.endswith("<h2>Signs</h2><p>Poor sleep.</p>")
    assert (Picture.objects.get().title, Picture.objects.get().alt) == ("2019/05/cup.png", "A cup of tea")


def test_doubts_are_a_comment_and_visitors_comments_are_nowhere(tmp_path, media):
    report = move(tmp_path, export(KRATOM), "--media", media)
    [comment] = Comment.objects.all()
    assert '"News"' in comment.text
    assert "a picture has no description" in comment.text
    assert "turkey" not in comment.text + Guide.objects.get().body + report
    assert "1 comments of visitors" in report


def test_a_second_run_imports_only_what_is_new(tmp_path):
    move(tmp_path, export(KRATOM))
    Guide.objects.update(title="Edith's own title")
    report = move(tmp_path, export(KRATOM, post("Sleep", "/2018/01/sleep/", "Sleep comes back.")))
    assert "1 there already, 1 a draft now" in report
    assert set(Guide.objects.values_list("title", flat=True)) == {"Edith's own title", "Sleep"}
    assert Comment.objects.filter(guide__title="Edith's own title").count() == 1


def test_pictures_that_are_not_in_the_folder_are_named(tmp_path, media):
    gone = post("Sleep", "/sleep/", f'Sleep. <img src="{UPLOADS}/gone.jpg"> <img src="../../secret.png">')
    (media.parent / "secret.png").write_bytes(b"not for anybody")
    report = move(tmp_path, export(gone), "--media", media)
    assert "A picture is missing: gone.jpg" in report
    assert "A picture is missing: secret.png" in report
    assert "gone.jpg" in Comment.objects.get().text
    assert not Picture.objects.exists()


def test_no_other_host_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a request to another host"))
    move(tmp_path, export(KRATOM))
    assert Guide.objects.count() == 1


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (post("Plan", "/plan/", "Words.", status="draft"), "1 × post that isn't published"),
        (post("Plan", "/plan/", "Words.", status="private"), "1 × post that isn't published"),
        (post("Plan", "/plan/", "Words.", more="<wp:post_password>x</wp:post_password>"), "1 × post with a password"),
        (post("Plan", "/plan/", "Words.", kind="nav_menu_item"), "1 × entry of a menu"),
        (post("Plan", "/plan/", "Words.", kind="faq"), "1 × entry of the kind “faq”"),
    ],
    ids=["a draft", "a private post", "a post with a password", "a menu", "another kind of entry"],
)
def test_what_visitors_could_not_read_is_not_imported_and_counted(tmp_path, entry, what):
    assert what in move(tmp_path, export(entry))
    assert not Guide.objects.exists()


def test_other_kinds_of_entries_are_imported_when_they_are_named(tmp_path):
    move(tmp_path, export(post("Plan", "/plan/", "Words.", kind="faq")), "--types", "faq")
    assert Guide.objects.get().title == "Plan"


def test_a_post_without_text_is_in_the_table(tmp_path):
    report = move(tmp_path, export(post("Empty", "/empty/", " ")))
    assert "/empty/" in report
    assert "1 no text" in report


def test_an_address_that_this_site_has_itself_is_doubted(tmp_path):
    move(tmp_path, export(post("About us", "/about/", "We are here.", kind="page")))
    assert 'The old address "/about/" is that of a page of this site' in Comment.objects.get().text


def test_control_characters_in_the_export_do_no_harm(tmp_path):
    move(tmp_path, export(post("Sleep", "/sleep/", "Wait\x0bhere.")))
    assert Guide.objects.get().body == "<p>Wait here.</p>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (export(prolog='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "defines entities of its own"),
        (export(prolog=f"<!--{'x' * 70_000}--><!DOCTYPE x>"), "not the export of a WordPress site"),
        ("<rss><channel></channel></rss>", "not the export of a WordPress site"),
        ("Just words.", "not the export of a WordPress site"),
        (export("<item><title>cut"), "its XML is broken"),
    ],
    ids=["an entity bomb", "a late definition", "another feed", "a text", "a broken file"],
)
def test_a_file_that_is_no_export_is_refused_with_a_sentence(tmp_path, text, reason):
    with pytest.raises(CommandError, match=reason):
        move(tmp_path, text)
    assert not Guide.objects.exists()


def test_an_export_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(site_export, "LARGEST_EXPORT", 10)
    with pytest.raises(CommandError, match="over 200 MB"):
        move(tmp_path, export(KRATOM))


def test_entities_are_never_resolved(tmp_path):
    path = tmp_path / "export.xml"
    path.write_text(export("<item><title>&x;</title></item>"))
    with pytest.raises(UnreadableDocument):
        site_export.read_export(path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="no such folder"):
        move(tmp_path, export(KRATOM), "--media", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("category", "codes"),
    [
        ("Opioid Withdrawal", ("substance:opioids", "stage:withdrawal")),
        ("Drinking", ("substance:alcohol",)),
        ("Para familiares", ("reader:family",)),
        ("Alcohol", ("substance:alcohol",)),
        ("Uncategorized", ()),
    ],
)
def test_categories_become_topics(category, codes):
    assert topics_of([category]) == (codes, [])


def test_categories_without_a_topic_are_named():
    assert topics_of(["News", "Alcohol"]) == (("substance:alcohol",), ["News"])


def test_a_moving_picture_is_stored_still_with_a_doubt(tmp_path, media):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    (media / "moves.webp").write_bytes(buffer.getvalue())
    move(tmp_path, export(post("Sleep", "/sleep/", f'Sleep. <img src="{UPLOADS}/moves.webp">')), "--media", media)
    assert Picture.objects.count() == 1
    assert 'The picture "moves.webp" moves' in Comment.objects.get().text


def test_old_addresses_are_stored_without_the_slash_at_their_end(tmp_path):
    old = "<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>first-name</wp:meta_value></wp:postmeta>"
    move(tmp_path, export(post("Sleep", "/2018/01/sleep/", "Sleep.", more=old)))
    assert sorted(OldAddress.objects.values_list("path", flat=True)) == ["/2018/01/first-name", "/2018/01/sleep"]
