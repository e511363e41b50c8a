"""Detects the format of a file and reads it."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from articles.importing import questions
from articles.importing.document import ImportedGuide, UnreadableDocument
from articles.importing.doubts import Doubts
from articles.importing.elements import TITLE_LEVEL, Element, Heading, words_of
from articles.importing.languages import in_language
from articles.importing.lists import gather
from articles.importing.readers import autop, encodings, markdown, markup, plain_text, shortcodes, typed_marks, word
from articles.importing.structure import Hints, build, title_element
from articles.importing.titles import doubt_unmarked_titles, promote
from articles.importing.vocabulary import CALLOUTS
from articles.importing.word_count import counted

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
HTML_START = re.compile(
    r"\s*+(?:<!--(?>.*?-->)\s*+)*+<(!doctype html|html|head|body|main|article|section|div|h[1-6]|p|ul|ol|table)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
ANY_TAG = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
SITE_EXPORT = re.compile(r"<rss\b[^<>]*xmlns:wp\s*=|This is a WordPress eXtended RSS file", re.IGNORECASE)
OTHER_MARKUP_START = re.compile(r"\s*<(\?xml|svg|rss|feed|urlset)\b", re.IGNORECASE)


def read_guide(path: Path, language: str = "") -> ImportedGuide:
    """Return the guide in the file at `path`. With a `language` ("en"), a text in another one is reported.

    Raises UnreadableDocument if the file is missing, empty, larger than LARGEST_FILE, not UTF-8 or not a document.
    """
    raw = _bytes_of(path)
    try:
        return _recognised(path, raw, language)
    except RecursionError:
        raise UnreadableDocument(f"its parts are nested too deeply to be a document: {REMEDY} with a simpler layout.") from None


def read_post(title: str, content: str, language: str, pictures: Mapping[str, str]) -> ImportedGuide:
    """Return the guide in a post of another site, given as its title and the HTML of its text. `pictures` as in markup.read()."""
    doubts = Doubts()
    text = shortcodes.without(encodings.clean(content, doubts, is_markup=True), doubts)
    elements, _, words = markup.read(autop.with_paragraphs(text), doubts, pictures=pictures)
    source = _Source([Heading(0, TITLE_LEVEL, title), *elements], Hints(), f"{title} {words}")
    return _built(source, doubts, language)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a reader made of a file: elements, possible titles, all words, and whether titles are unmarked lines."""

    elements: list[Element]
    hints: Hints
    words: str
    is_plain: bool = False


def _recognised(path: Path, raw: bytes, language: str) -> ImportedGuide:
    ending = path.suffix.lower()
    if word.is_zip(raw):
        doubts = Doubts("Paragraph")
        text, words = word.to_html(raw, doubts)
        elements, _, _ = markup.read(text.translate(encodings.LIGATURES), doubts, count_paragraphs=True)
        source = _Source(elements, Hints(), words)
    else:
        doubts = Doubts()
        _refuse_other_kinds(raw)
        text = encodings.decoded(raw, doubts)
        _refuse_other_texts(text, ending)
        is_page = HTML_START.match(text) is not None or (ending in HTML_ENDINGS and ANY_TAG.search(text) is not None)
        source = _source_of(encodings.clean(text, doubts, is_markup=is_page), ending, is_page, doubts)
    return _built(replace(source, hints=replace(source.hints, file_stem=path.stem)), doubts, language)


def _built(source: _Source, doubts: Doubts, language: str) -> ImportedGuide:
    elements = questions.without_letters(source.elements, doubts)
    marked = sum(isinstance(entry, Heading) for entry in elements)
    is_plain = source.is_plain or not marked
    elements = gather(elements, numbered_titles=is_plain or marked == 1, doubts=doubts)
    if is_plain:
        elements = promote(elements, doubts, source.hints.stated_title)
    elif marked == 1:  # one heading says nothing about how the others are marked
        lone = isinstance(title_element(elements, source.hints), Heading)
        elements = promote(elements, doubts, source.hints.stated_title, document_title=not lone)
    else:
        elements = doubt_unmarked_titles(elements, doubts)
    if not any(letter.isalnum() for entry in elements for letter in words_of(entry)):
        raise UnreadableDocument("it holds no words to import: check that it is the right file.")
    guide = build(elements, source.hints, doubts)
    return counted(in_language(guide, source.words, language), source.words)


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


def _refuse_other_kinds(raw: bytes) -> None:
    """Raise UnreadableDocument for a file that isn't text."""
    if not raw:
        raise UnreadableDocument("it is empty: check that it is the right file.")
    for start, kind in FOREIGN_STARTS:
        if raw.startswith(start):
            raise UnreadableDocument(f"it is {kind}, not a text: open it and {REMEDY}.")
    controls = len(encodings.CONTROLS.findall(raw.decode("latin-1").translate(dict.fromkeys(range(0x80, 0xA0)))))
    if not encodings.is_utf_16(raw) and (b"\x00" in raw or controls > len(raw) / 20):
        raise UnreadableDocument(f"it is binary, not a text: open it in the program that made it and {REMEDY}.")


def _refuse_other_texts(text: str, ending: str) -> None:
    """Raise UnreadableDocument for a text that isn't a document."""
    if not encodings.INVISIBLE.sub("", text).strip():
        raise UnreadableDocument("it is empty (only white space): check that it is the right file.")
    if ending in BINARY_ENDINGS:
        raise UnreadableDocument(f"its name ends in {ending} but it isn't one: open it and {REMEDY}.")
    if SITE_EXPORT.search(text[:5000]):
        raise UnreadableDocument("it is the export of a WordPress site: import it with manage.py import_site.")
    if ending in DATA_ENDINGS or text.startswith("#!") or _is_data(text):
        raise UnreadableDocument(f"it is data or a program, not a document: if it holds a text, {REMEDY}.")


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


def _source_of(text: str, ending: str, is_page: bool, doubts: Doubts) -> _Source:
    if is_page:
        text, stated = markdown.without_front_matter(text, doubts)
        text = shortcodes.without(text, doubts)
        elements, title, words = markup.read(autop.with_paragraphs(text) if autop.needs_paragraphs(text) else text, doubts)
        if not elements:
            raise UnreadableDocument("it is a web page without text: check that the words are in the page and not loaded by a script.")
        return _Source(elements, Hints(stated_title=stated, page_title=title, is_page=True), words)
    if ending not in TEXT_ENDINGS:
        doubts.add(f"The name ends in {ending}; read as plain text.")
    if ending not in MARKDOWN_ENDINGS and not markdown.uses_hash_titles(text):
        text = shortcodes.without(text, doubts)
        return _Source(plain_text.read(text, doubts), Hints(), text, is_plain=True)
    body, title = markdown.without_front_matter(text, doubts)
    body = shortcodes.without(typed_marks.with_numbers(markdown.without_data(body), doubts), doubts, callouts=CALLOUTS)
    page = markdown.to_html(body, doubts)
    hints = Hints(stated_title=title)
    if page is not None:
        elements, _, words = markup.read(page, doubts, line_attribute=True)
        return _Source(elements, hints, words)
    elements = plain_text.read(body, doubts, lambda words: markup.inline_spans(markdown.inline_html(words), doubts))
    return _Source(elements, hints, " ".join(map(words_of, elements)), is_plain=True)
