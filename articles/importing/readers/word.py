"""Converts Word documents to HTML with mammoth, after checks that refuse hostile files."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import mammoth
from lxml import etree

from articles.importing.document import UnreadableDocument
from articles.importing.doubts import Doubts, quote
from articles.importing.vocabulary import TITLE_CLASS

LARGEST_PARTS = 8 * 1024 * 1024
"""Unpacked bytes of all XML parts together, more than a book of 300 pages has. mammoth takes 18 s and 300 MB for it (measured)."""
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Unpacked bytes of all files, including pictures (which are never read)."""
MOST_PARTS = 5_000

DOCUMENT = re.compile(r"word/document\d*\.xml")
STYLE_MAP = f"""
p[style-name='Title'] => h1.{TITLE_CLASS}:fresh
p[style-name='title'] => h1.{TITLE_CLASS}:fresh
p[style-name='Subtitle'] => p:fresh
r[style-name='Emphasis'] => em
"""
WORD_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OTHER_ZIPS = (
    ("xl/", "an Excel sheet"),
    ("ppt/", "a PowerPoint file"),
    ("META-INF/container.xml", "an e-book (EPUB)"),
    ("content.xml", "an OpenDocument file (.odt)"),
    ("Index/", "a Pages document"),
)
DAMAGED = "it is a damaged Word document: open it in Word and save it again as .docx."


def is_zip(raw: bytes) -> bool:
    return raw.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def to_html(raw: bytes, doubts: Doubts) -> str:
    """Return the HTML of a .docx file. Content that is left out (pictures, comments, page headers) is reported as doubts."""
    parts = _checked_parts(raw)
    pictures: list[str] = []

    def drop_picture(image: mammoth.documents.Image) -> list[object]:
        pictures.append(image.alt_text or "")
        return []

    try:
        result = mammoth.convert_to_html(
            _archive_of(parts),
            style_map=STYLE_MAP,
            convert_image=drop_picture,
            include_embedded_style_map=False,
            external_file_access=False,
        )
    except RecursionError:
        raise
    except Exception:  # mammoth doesn't document its errors, so any error means a broken file
        raise UnreadableDocument(DAMAGED) from None
    for description in pictures:
        about = f" ({quote(description, 200)})" if description.strip() else ""
        doubts.add(f"A picture{about} was left out; add it in the editor.")
    _doubt_unread_parts(parts, doubts)
    html: str = result.value
    return html


def _checked_parts(raw: bytes) -> dict[str, bytes]:
    """Return the XML parts by name. Raises UnreadableDocument if it isn't a Word document or too large unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if not any(DOCUMENT.fullmatch(name) for name in names):
                kind = next((kind for start, kind in OTHER_ZIPS if any(name.startswith(start) for name in names)), "an archive (zip)")
                raise UnreadableDocument(f"it is {kind}, not a Word document: open it and save the text as .docx or .txt.")
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableDocument("it is locked with a password: save it again without one.")
            xml = [entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels"))]
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_PARTS or unpacked > LARGEST_UNPACKED or sum(entry.file_size for entry in xml) > LARGEST_PARTS:
                size = f"{unpacked / 1024 / 1024:,.0f} MB"
                raise UnreadableDocument(f"it unpacks to {size}, too much for a guide: copy its text into a new document.")
            parts = {entry.filename: archive.read(entry) for entry in xml}
    except UnreadableDocument:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, LookupError):
        raise UnreadableDocument(DAMAGED) from None
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part for part in parts.values()):
        raise UnreadableDocument("it holds XML that no Word document has: open it in Word and save it again as .docx.")
    return parts


def _archive_of(parts: dict[str, bytes]) -> io.BytesIO:
    """Return an archive with the checked parts only, so that nothing unchecked can be read."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file.seek(0)
    return file


def _doubt_unread_parts(parts: dict[str, bytes], doubts: Doubts) -> None:
    for name, part in sorted(parts.items()):
        if name.startswith(("word/header", "word/footer")) and (words := _words(part)):
            doubts.add(f"The header or footer of the page was left out: {quote(words, 300)}.")
        elif name == "word/comments.xml" and (words := _words(part)):
            doubts.add(f"Comments were left out: {quote(words, 1000)}.")
    if any(b"<w:delText" in part for name, part in parts.items() if DOCUMENT.fullmatch(name)):
        doubts.add("The document has tracked changes: words that were deleted in them were left out, words that were inserted were taken.")


def _words(part: bytes) -> str:
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return ""
    lines = ("".join(node.text or "" for node in line.iter(f"{WORD_NAMESPACE}t")) for line in root.iter(f"{WORD_NAMESPACE}p"))
    return " ".join(lines).strip()
