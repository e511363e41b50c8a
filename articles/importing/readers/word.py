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
from articles.importing.readers import page
from articles.importing.readers.office.preparation import TEXT_PARTS, all_words, prepare
from articles.importing.readers.office.styles import QUOTE_STYLE, TITLE_STYLE, parsed
from articles.importing.vocabulary import TITLE_CLASS

LARGEST_PARTS = 8 * 1024 * 1024
"""Unpacked bytes of all XML parts together, more than a book of 300 pages has. mammoth takes 18 s and 300 MB for it (measured)."""
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Unpacked bytes of all files, including pictures (which are never read)."""
MOST_PARTS = 5_000

LARGEST_EMBEDDED = 1024 * 1024
"""Bytes of an embedded web page or text whose words are named; of larger ones, and of other kinds, only the name is."""

DOCUMENT = re.compile(r"word/document\d*\.xml")
STYLE_MAP = f"""
p.{TITLE_STYLE} => h1.{TITLE_CLASS}:fresh
p.{QUOTE_STYLE} => blockquote > p:fresh
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


def to_html(raw: bytes, doubts: Doubts) -> tuple[str, str]:
    """Return the HTML of a .docx file and all of its words. What is left out (pictures, comments, page headers) is reported as doubts."""
    parts, others = _checked_parts(raw)
    words = " ".join(all_words(part) for name, part in sorted(parts.items()) if TEXT_PARTS.fullmatch(name))
    prepare(parts, doubts)
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
    for message in result.messages:
        if message.message.startswith("A w:sym element"):
            doubts.add("A sign of a symbol font was left out; look for a gap in the text.")
    _doubt_unread_parts(parts, others, doubts)
    html: str = result.value
    return html, words


def _checked_parts(raw: bytes) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the XML parts by name, and the embedded files by name, with their content if they are small.

    Raises UnreadableDocument if it isn't a Word document or too large unpacked.
    """
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
            embedded = [entry for entry in entries if entry.filename.startswith("word/embeddings/") or _is_chunk(entry.filename, parts)]
            others = {entry.filename: archive.read(entry) if entry.file_size <= LARGEST_EMBEDDED else b"" for entry in embedded}
    except UnreadableDocument:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, LookupError):
        raise UnreadableDocument(DAMAGED) from None
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part for part in parts.values()):
        raise UnreadableDocument("it holds XML that no Word document has: open it in Word and save it again as .docx.")
    return parts, others


def _is_chunk(name: str, parts: dict[str, bytes]) -> bool:
    """Return whether a file of the archive is a document inside the document ("altChunk")."""
    relations = parsed(parts.get("word/_rels/document.xml.rels"))
    if relations is None:
        return False
    targets = [entry.get("Target", "") for entry in relations if entry.get("Type", "").endswith("/aFChunk")]
    return any(name == target.lstrip("/") or name == f"word/{target}" for target in targets)


def _archive_of(parts: dict[str, bytes]) -> io.BytesIO:
    """Return an archive with the checked parts only, so that nothing unchecked can be read."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    file.seek(0)
    return file


def _doubt_unread_parts(parts: dict[str, bytes], others: dict[str, bytes], doubts: Doubts) -> None:
    for name, part in sorted(parts.items()):
        if name.startswith(("word/header", "word/footer")) and (words := _words(part)):
            doubts.add(f"The header or footer of the page was left out: {quote(words, 1000)}.")
        elif name == "word/comments.xml" and (words := _words(part)):
            doubts.add(f"Comments were left out: {quote(words, 2000)}.")
        elif name.startswith(("word/diagrams/data", "word/charts/chart")) and (words := _drawn_words(part)):
            doubts.add(f"The words of a diagram were left out: {quote(words, 2000)}.")
    for name, content in sorted(others.items()):
        kind = name.rsplit(".", 1)[-1].lower()
        words = ""
        if kind in ("html", "htm", "xhtml", "txt"):
            text = content.decode("utf-8", "replace")
            tree = page.parse(text, doubts) if kind != "txt" else None
            words = page.words_of(tree) if tree is not None else text
        about = f": {quote(words, 2000)}" if words.strip() else ""
        doubts.add(f"An embedded document ({name.rsplit('/', 1)[-1]}) was left out; open it and import it by itself{about}.")


def _drawn_words(part: bytes) -> str:
    root = parsed(part)
    if root is None:
        return ""
    pieces = [node.text or "" for node in root.iter() if isinstance(node.tag, str) and etree.QName(node).localname in ("t", "v")]
    return " ".join(piece for piece in pieces if any(letter.isalpha() for letter in piece))


def _words(part: bytes) -> str:
    root = parsed(part)
    if root is None:
        return ""
    lines = ("".join(node.text or "" for node in line.iter(f"{WORD_NAMESPACE}t")) for line in root.iter(f"{WORD_NAMESPACE}p"))
    return " ".join(lines).strip()
