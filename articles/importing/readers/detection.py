"""Detects the format of a file and reads it."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path

from articles.importing.document import ImportedGuide, UnreadableDocument
from articles.importing.doubts import Doubts
from articles.importing.elements import Element, Heading, words_of
from articles.importing.lists import gather
from articles.importing.readers import markdown, markup, plain_text, word
from articles.importing.structure import Hints, build
from articles.importing.titles import promote

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes."""

REMEDY = "save it as .txt, .md, .html or .docx"
HTML_ENDINGS = frozenset({".html", ".htm", ".xhtml"})
MARKDOWN_ENDINGS = frozenset({".md", ".markdown", ".mdown", ".mkd"})
TEXT_ENDINGS = frozenset({"", ".txt", ".text"}) | HTML_ENDINGS | MARKDOWN_ENDINGS
DATA_ENDINGS = {
    ".bat", ".c", ".cfg", ".conf", ".cpp", ".css", ".csv", ".go", ".h", ".ini", ".java", ".js", ".json", ".jsonl", ".log", ".php",
    ".pl", ".po", ".py", ".rb", ".rs", ".sh", ".sql", ".svg", ".toml", ".ts", ".tsv", ".xml", ".yaml", ".yml",
}  # fmt: skip
BINARY_ENDINGS = {
    ".doc", ".docm", ".docx", ".epub", ".gif", ".heic", ".jpeg", ".jpg", ".odt", ".pages", ".pdf", ".png", ".ppt", ".pptx", ".rtf",
    ".webp", ".xls", ".xlsx", ".zip",
}  # fmt: skip
FOREIGN_STARTS = (
    (b"%PDF-", "a PDF"),
    (b"{\\rtf", "an RTF file"),
    (b"\xd0\xcf\x11\xe0", "an old Word file (.doc) or a document locked with a password"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
)
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\v]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
HTML_START = re.compile(
    r"\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body|main|article|section|div|h[1-6]|p|ul|ol|table)\b[^<>]*>", re.IGNORECASE | re.DOTALL
)
ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
OTHER_MARKUP_START = re.compile(r"\s*<(\?xml|svg|rss|feed|urlset)\b", re.IGNORECASE)


def read_guide(path: Path) -> ImportedGuide:
    """Return the guide in the file at `path`.

    Raises UnreadableDocument if the file is missing, empty, larger than LARGEST_FILE, not UTF-8 or not a document.
    """
    raw = _bytes_of(path)
    try:
        return _recognised(path, raw)
    except RecursionError:
        raise UnreadableDocument(f"its parts are nested too deeply to be a document: {REMEDY} with a simpler layout.") from None


def _recognised(path: Path, raw: bytes) -> ImportedGuide:
    ending = path.suffix.lower()
    if word.is_zip(raw):
        doubts = Doubts("Paragraph")
        elements, _ = markup.read(word.to_html(raw, doubts), doubts, count_paragraphs=True)
        hints, is_plain = Hints(), False
    else:
        doubts = Doubts()
        text = _clean(_decoded(raw, ending), doubts)
        elements, hints, is_plain = _elements_of(text, ending, doubts)
    is_plain = is_plain or not any(isinstance(entry, Heading) for entry in elements)
    elements = gather(elements, numbered_titles=is_plain)
    if is_plain:
        elements = promote(elements, doubts, hints.stated_title)
    if not any(letter.isalnum() for entry in elements for letter in words_of(entry)):
        raise UnreadableDocument("it holds no words to import: check that it is the right file.")
    return build(elements, replace(hints, file_stem=path.stem), doubts)


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableDocument("it is a folder: name the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableDocument("it is a device or a pipe: name a file.")
        if status.st_size > LARGEST_FILE:
            raise UnreadableDocument(_too_large(status.st_size))
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableDocument("there is no such file: check the name.") from None
    except PermissionError:
        raise UnreadableDocument("it can't be opened: ask for permission to read it.") from None
    except (OSError, ValueError) as error:  # a loop of links, a name too long or with a NUL
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name can't be a file's"
        raise UnreadableDocument(f"it can't be opened ({reason}): check the name.") from None
    if len(raw) > LARGEST_FILE:
        raise UnreadableDocument(_too_large(len(raw)))
    return raw


def _too_large(size: int) -> str:
    return f"it is over 5 MB ({size / 1024 / 1024:.1f} MB): take out pictures, or split it into several guides."


def _decoded(raw: bytes, ending: str) -> str:
    """Decode a file that isn't a Word document. Raises UnreadableDocument if it isn't text in UTF-8."""
    if not raw:
        raise UnreadableDocument("it is empty: check that it is the right file.")
    for start, kind in FOREIGN_STARTS:
        if raw.startswith(start):
            raise UnreadableDocument(f"it is {kind}, not a text: open it and {REMEDY}.")
    half = max(len(raw) // 2, 1)
    if raw.startswith(OTHER_ENCODINGS) or max(raw[::2].count(0), raw[1::2].count(0)) > 0.8 * half:
        raise UnreadableDocument("it is not UTF-8 (it looks like UTF-16): save it again with the encoding UTF-8.")
    controls = len(CONTROLS.findall(raw.decode("latin-1").translate(dict.fromkeys(range(0x80, 0xA0)))))
    if b"\x00" in raw or controls > len(raw) / 20:
        raise UnreadableDocument(f"it is binary, not a text: open it in the program that made it and {REMEDY}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        remedy = "save it again with the encoding UTF-8"
        raise UnreadableDocument(f"it is not UTF-8 (line {line} has a byte that can't be read): {remedy}.") from None
    if not INVISIBLE.sub("", text).strip():
        raise UnreadableDocument("it is empty (only white space): check that it is the right file.")
    if ending in BINARY_ENDINGS:
        raise UnreadableDocument(f"its name ends in {ending} but it isn't one: open it and {REMEDY}.")
    if ending in DATA_ENDINGS or text.startswith("#!") or _is_data(text):
        raise UnreadableDocument(f"it is data or a program, not a document: if it holds a text, {REMEDY}.")
    return text


def _is_data(text: str) -> bool:
    if OTHER_MARKUP_START.match(text) and not re.search(r"<html\b", text[:2000], re.IGNORECASE):
        return True
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _clean(text: str, doubts: Doubts) -> str:
    """Normalise line endings and remove invisible characters."""
    text = INVISIBLE.sub("", LINE_ENDS.sub("\n", text))
    text, removed = CONTROLS.subn(" ", text)
    if removed:
        doubts.add(f"{removed} control characters were left out; a letter may be missing where they stood.")
    for number, line in enumerate(text.split("\n"), start=1):
        if "\ufffd" in line:
            doubts.add("the sign \ufffd stands for letters that were lost before this file was saved.", number)
    return text


def _elements_of(text: str, ending: str, doubts: Doubts) -> tuple[list[Element], Hints, bool]:
    """Return the elements of a text file, hints about its title, and whether its titles are unmarked lines."""
    if HTML_START.match(text) or (ending in HTML_ENDINGS and ANY_TAG.search(text)):
        elements, title = markup.read(text, doubts)
        if not elements:
            raise UnreadableDocument("it is a web page without text: check that the words are in the page and not loaded by a script.")
        return elements, Hints(page_title=title), False
    if ending not in TEXT_ENDINGS:
        doubts.add(f"The name ends in {ending}; read as plain text.")
    if ending not in MARKDOWN_ENDINGS and not markdown.uses_hash_titles(text):
        return plain_text.read(text, doubts), Hints(), True
    body, title = markdown.without_front_matter(text, doubts)
    page = markdown.to_html(body, doubts)
    if page is not None:
        elements, _ = markup.read(page, doubts, line_attribute=True)
        return elements, Hints(stated_title=title), False
    elements = plain_text.read(body, doubts, lambda words: markup.inline_spans(markdown.inline_html(words), doubts))
    return elements, Hints(stated_title=title), True
