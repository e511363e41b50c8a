"""Files that can't be imported are refused with one line that says what to do."""

import io
import os
import zipfile

import pytest

from articles.importing.document import UnreadableDocument
from articles.importing.readers.detection import LARGEST_FILE, read_guide
from tests.articles.importing.documents import PROSE, guide_from

pytestmark = pytest.mark.once


def refusal(folder, content, name="guide.txt") -> str:
    with pytest.raises(UnreadableDocument) as refused:
        guide_from(folder, content, name)
    message = str(refused.value)
    assert "\n" not in message
    assert ":" in message  # what is wrong: what to do
    return message


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def test_a_missing_file(tmp_path):
    with pytest.raises(UnreadableDocument, match=r"^there is no such file: check the name\.$"):
        read_guide(tmp_path / "missing.txt")


def test_a_folder(tmp_path):
    with pytest.raises(UnreadableDocument, match="it is a folder"):
        read_guide(tmp_path)


def test_a_device(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnreadableDocument, match="a device or a pipe"):
        read_guide(tmp_path / "pipe.txt")


def test_a_loop_of_links(tmp_path):
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    with pytest.raises(UnreadableDocument, match="can't be opened"):
        read_guide(tmp_path / "loop.txt")


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n ", b"\xef\xbb\xbf", "\u200b\u00a0\n".encode(), b"\f\n"])
def test_nothing_or_only_white_space(tmp_path, content):
    assert refusal(tmp_path, content).startswith("it is empty")


@pytest.mark.parametrize("content", ["-----\n", "* * *\n...\n", "<html><body><hr></body></html>"])
def test_no_words(tmp_path, content):
    refusal(tmp_path, content)


def test_over_five_megabytes(tmp_path):
    assert guide_from(tmp_path, b"A Title\n" + b"word " * ((LARGEST_FILE - 8) // 5)).title == "A Title"
    assert "over 5 MB" in refusal(tmp_path, b"A Title\n" + b"x" * LARGEST_FILE)


@pytest.mark.parametrize("content", [PROSE.encode("utf-16"), PROSE.encode("utf-16-le"), PROSE.encode("utf-32")])
def test_utf_16(tmp_path, content):
    assert "not UTF-8" in refusal(tmp_path, content)


@pytest.mark.parametrize("name", ["guide.txt", "guide.md", "guide.html"])
def test_latin_1(tmp_path, name):
    assert "not UTF-8 (line 3 " in refusal(tmp_path, f"A Title\n{PROSE}\nOpiáceos\n".encode("latin-1"), name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (b"{\\rtf1\\ansi Words}", "an RTF file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "an image"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "an image"),
        (b"GIF89a" + bytes(50), "an image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an old Word file"),
        (b"\x1f\x8b\x08" + bytes(50), "a compressed archive"),
    ],
)
def test_files_of_other_kinds(tmp_path, content, kind):
    for name in ("guide.txt", "guide.docx", "guide"):
        assert kind in refusal(tmp_path, content, name)


def test_binary(tmp_path):
    assert "binary" in refusal(tmp_path, b"Words\x00\x01\x02 and more words")
    assert "binary" in refusal(tmp_path, bytes(range(1, 32)) * 20)


def test_random_bytes(tmp_path):
    refusal(tmp_path, bytes(number * 7919 % 251 + 1 for number in range(5000)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("guide.json", "Words"),
        ("guide.py", "Words"),
        ("guide.txt", '{"title": "Words"}'),
        ("guide.txt", "#!/bin/sh\necho words"),
        ("guide.csv", "a,b"),
    ],
)
def test_data_and_programs(tmp_path, name, content):
    assert "data or a program" in refusal(tmp_path, content, name)


def test_a_name_that_promises_another_kind(tmp_path):
    assert "its name ends in .docx but it isn't one" in refusal(tmp_path, PROSE, "guide.docx")
    assert "its name ends in .pdf but it isn't one" in refusal(tmp_path, PROSE, "guide.pdf")


def test_archives_that_are_not_word_documents(tmp_path):
    assert "an archive (zip)" in refusal(tmp_path, archive(notes_txt=b"Words"), "guide.zip")
    assert "an archive (zip)" in refusal(tmp_path, archive(notes_txt=b"Words"), "guide.docx")
    assert "an Excel sheet" in refusal(tmp_path, archive(xl__workbook_xml=b"<a/>"), "guide.docx")
    assert "OpenDocument" in refusal(tmp_path, archive(content_xml=b"<a/>"), "guide.odt")
    assert "damaged" in refusal(tmp_path, b"PK\x03\x04" + b"cut off", "guide.docx")


def test_a_web_page_without_text(tmp_path):
    page = (
        "<!doctype html><html><head><title>Words</title></head><body><div id=app></div><script>let words = 'words'</script></body></html>"
    )
    assert "web page without text" in refusal(tmp_path, page, "guide.html")


def test_html_that_is_nested_too_deeply(tmp_path):
    assert "nested too deeply" in refusal(tmp_path, "<div>" * 100_000 + PROSE, "guide.html")


def test_markdown_that_is_nested_too_deeply(tmp_path):
    assert "nested too deeply" in refusal(tmp_path, "# A title\n\n" + "> " * 500 + PROSE, "guide.md")
